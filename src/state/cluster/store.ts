import { randomBytes } from 'node:crypto';
import type { Diagnostic } from '../../engine/change.ts';
import type { OwnObjects } from '../../engine/ports.ts';
import { emptyDocument, toState } from '../document.ts';
import type { Replayed } from '../journal.ts';
import { openSession } from '../session.ts';
import type { LockingStore } from '../store.ts';
import { breakLease, type Lease, takeLease } from './lease.ts';
import { clusterMedium } from './medium.ts';
import { patient } from './patient.ts';
import { sweepPieces } from './pieces.ts';
import type { ClusterPlace } from './place.ts';
import { readBehind, readState, torn } from './read.ts';
import { type LiveRoot, readRoot } from './root.ts';
import { fenceOff, rootWriter } from './root-writer.ts';
import { watchLease } from './signs-of-life.ts';
import { type Timing, usualTiming } from './timing.ts';

/** Whose state, in which cluster, and who is told what. */
export interface ClusterStoreOptions {
  readonly place: ClusterPlace;
  readonly objects: OwnObjects;
  /** Told about a lock that was taken over. */
  readonly report?: (diagnostic: Diagnostic) => void;
  /** Where a run in CI shows its log. */
  readonly run?: string;
  readonly timing?: Timing;
}

// As long as an API server needs to restart.
const patience = 30_000;

/** State in Secrets of a namespace, under a Lease: docs/state.md says how they lie there. */
export const clusterStore = (options: ClusterStoreOptions): LockingStore => {
  const { place, objects, report = () => {}, run, timing = usualTiming } = options;
  const watch = watchLease(objects, place, timing);
  let serial: number | undefined;
  const note = (seen: number) => {
    serial = seen;
  };
  const noted = <Found extends Replayed | undefined>(found: Found): Found => {
    note(found?.document.serial ?? 0);
    return found;
  };

  const underLease = async (lease: Lease, installation: string) => {
    const root = await rootUnder(lease);
    const found = root && (await readBehind(objects, place, root));
    if (found === 'torn') throw torn(place);
    const steady = patient(objects, patience);
    const writer = rootWriter(steady, place, lease, root);
    const medium = clusterMedium({ objects: steady, place, lease, writer, report });
    return openSession(medium, noted(found) ?? { document: emptyDocument(installation), extended: false }, note);
  };

  // Only after a holder that gave its lock back can the root be taken as it is found.
  const rootUnder = async (lease: Lease): Promise<LiveRoot | undefined> => {
    if (lease.isClean) return readRoot(objects, place);
    const root = await fenceOff(objects, place, lease);
    await sweepPieces(objects, place, root.root);
    return root;
  };

  return {
    describe: () => {
      const where = `kubernetes, namespace ${place.namespace}`;
      return serial === undefined ? where : `${where}, serial ${serial}`;
    },
    load: async () => {
      const found = noted(await readState(objects, place));
      return found && toState(found.document);
    },
    open: async (operation, installation = randomBytes(4).toString('hex')) => {
      const lease = await takeLease({ objects, place, timing, watch, report }, operation, run);
      try {
        return await underLease(lease, installation);
      } catch (error) {
        await lease.release(false);
        throw error;
      }
    },
    unlock: async (id) => {
      const broken = await breakLease({ objects, place }, id);
      if (broken === undefined) return undefined;
      await fenceOff(objects, place, { id: `unlock-${id}`, fence: broken.fence });
      return broken.holder;
    },
  };
};
