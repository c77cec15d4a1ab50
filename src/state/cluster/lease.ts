import type { Diagnostic } from '../../engine/change.ts';
import type { KubeObject, OwnObjects } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';
import { type Claim, locked, newClaim, takenAway, takenOver } from '../holder.ts';
import type { LockHolder } from '../store.ts';
import { createAtHome } from './home.ts';
import { leaseState, newLease, renewedLease, withHolder, withoutHolder } from './lease-object.ts';
import { type ClusterPlace, leaseRef } from './place.ts';
import { readRoot } from './root.ts';
import type { Watch } from './signs-of-life.ts';
import type { Timing } from './timing.ts';

/** A lock that this process took. */
export interface Lease {
  readonly id: string;
  /** Grows with each holder. */
  readonly fence: number;
  /** The holder before gave it back itself: nothing of it can be under way. */
  readonly isClean: boolean;
  /** Throws LOCKED once it is known that somebody else took the lock. */
  refuseIfLost(): void;
  /** The complaint about a write that was refused because the lock is lost. */
  loss(): Promise<LabError>;
  /** Gives it back, if it is still ours. `clean`: nothing of this run can be under way any more. */
  release(clean: boolean): Promise<void>;
}

/** What taking a lock needs. */
export interface Taking {
  readonly objects: OwnObjects;
  readonly place: ClusterPlace;
  readonly timing: Timing;
  readonly watch: Watch;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** Takes the lock or throws LOCKED with its holder. That of a run that has ended or fallen silent is taken over and reported. */
export const takeLease = async (taking: Taking, operation: string, run?: string): Promise<Lease> => {
  const claim = await newClaim(operation, run);
  for (;;) {
    const found = await taking.objects.get(leaseRef(taking.place));
    const taken = found === undefined ? await makeLease(taking, claim) : await takeFound(taking, claim, found);
    if (taken !== undefined) return holdLease(taking, claim, taken);
  }
};

interface Taken {
  readonly lease: KubeObject;
  readonly isClean: boolean;
}

// A missing Lease under a state that is there: somebody deleted it, perhaps while it was held.
const makeLease = async ({ objects, place, timing }: Taking, claim: Claim): Promise<Taken | undefined> => {
  const root = await readRoot(objects, place);
  const lease = withHolder(newLease(place), claim, (root?.root.fence ?? 0) + 1, timing.expiry);
  const made = await createAtHome(objects, lease);
  return made.is === 'made' ? { lease: made.object, isClean: root === undefined } : undefined;
};

const takeFound = async (taking: Taking, claim: Claim, found: KubeObject): Promise<Taken | undefined> => {
  const { objects, timing, watch, report } = taking;
  const { holder, transitions, returned } = leaseState(found);
  // Our own write, whose answer was lost.
  if (holder?.id === claim.id) return { lease: found, isClean: false };
  const silence = holder && (await watch.silence(found));
  if (holder !== undefined && silence === undefined) throw locked(holder);
  const lease = await objects.replace(withHolder(found, claim, transitions + 1, timing.expiry));
  if (lease === undefined) return undefined;
  if (holder !== undefined && silence !== undefined) report(takenOver(holder, silence));
  return { lease, isClean: holder === undefined && returned };
};

/** Breaks the lock with this id, whoever holds it; undefined if there is none. Throws LOCKED if it has another id. */
export const breakLease = async (
  { objects, place }: Pick<Taking, 'objects' | 'place'>,
  id: string,
): Promise<{ holder: LockHolder; fence: number } | undefined> => {
  for (;;) {
    const found = await objects.get(leaseRef(place));
    const { holder, transitions } = found === undefined ? noState : leaseState(found);
    if (found === undefined || holder === undefined) return undefined;
    if (holder.id !== id) throw locked(holder);
    const fence = transitions + 1;
    if ((await objects.replace(withoutHolder(found, fence, false))) !== undefined) return { holder, fence };
  }
};

const noState = { holder: undefined, transitions: 0 };

const holdLease = ({ objects, place, timing }: Taking, claim: Claim, { lease, isClean }: Taken): Lease => {
  const ref = leaseRef(place);
  const { transitions } = leaseState(lease);
  let live = lease;
  let lost: LabError | undefined;
  let beating = Promise.resolve();

  const isOurs = (found: KubeObject | undefined): found is KubeObject =>
    found !== undefined && leaseState(found).holder?.id === claim.id;
  const lossOf = (found: KubeObject | undefined): LabError => {
    const holder = found && leaseState(found).holder;
    return takenAway(holder?.id === claim.id ? undefined : holder);
  };

  const beat = async (): Promise<void> => {
    try {
      const next = await objects.replace(renewedLease(live));
      const found = next ?? (await objects.get(ref));
      if (isOurs(found)) live = found;
      else lost = lossOf(found);
    } catch (error) {
      // The next beat tries again. Whoever takes the lock meanwhile keeps this run from writing.
      if (!(error instanceof LabError)) throw error;
    }
  };
  let timer: NodeJS.Timeout;
  const beatLater = (): void => {
    timer = setTimeout(() => {
      beating = beat().then(() => (lost === undefined ? beatLater() : undefined));
    }, timing.beat);
    timer.unref();
  };
  beatLater();

  return {
    id: claim.id,
    fence: transitions,
    isClean,
    refuseIfLost: () => {
      if (lost !== undefined) throw lost;
    },
    loss: async () => {
      lost = lossOf(await objects.get(ref));
      return lost;
    },
    release: async (clean) => {
      clearTimeout(timer);
      await beating;
      clearTimeout(timer);
      for (let found: KubeObject | undefined = live; isOurs(found); found = await objects.get(ref)) {
        if ((await objects.replace(withoutHolder(found, transitions, clean))) !== undefined) return;
      }
    },
  };
};
