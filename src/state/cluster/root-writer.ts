import type { OwnObjects } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';
import type { Lease } from './lease.ts';
import { type ClusterPlace, nameOf, rootRef } from './place.ts';
import { emptyRoot, isSameWrite, type LiveRoot, newRoot, type Root, readRoot, withRoot } from './root.ts';

/** Whoever may write the root. */
export type Writer = Pick<Lease, 'id' | 'fence'>;

/** What a write changes of the root. */
export type RootChange = Partial<Pick<Root, 'document' | 'journal' | 'tail' | 'moved'>>;

/** The root in the hands of one session. */
export interface RootWriter {
  /** As this session wrote it last, or found it. */
  readonly root: Root;
  /** Names of pieces that no other write uses. */
  stem(): string;
  /** Makes a change durable. Throws LOCKED if anybody else has written since. */
  write(change: RootChange): Promise<void>;
}

/** The root for a lock's holder; `found`: as it was read under that lock. */
export const rootWriter = (
  objects: OwnObjects,
  place: ClusterPlace,
  lease: Lease,
  found: LiveRoot | undefined,
): RootWriter => {
  let live = found;
  let writes = 0;
  const current = (): Root => live?.root ?? emptyRoot;
  return {
    get root() {
      return current();
    },
    stem: () => `${lease.fence}-${lease.id}-${writes}`,
    write: async (change) => {
      writes += 1;
      const next: Root = { ...current(), ...change, fence: lease.fence, session: lease.id, write: writes };
      for (;;) {
        lease.refuseIfLost();
        const written = await put(objects, place, live, next);
        if (written !== undefined) {
          live = written;
          return;
        }
        const now = await readRoot(objects, place);
        if (now === undefined && live !== undefined) throw deleted(place);
        // Refused, although nobody else wrote the state: the answer to our own write was lost and it was sent again,
        // or somebody touched the object's labels.
        const ours = now !== undefined && isSameWrite(now.root, next);
        if (!ours && now !== undefined && !isSameWrite(now.root, current())) throw await lease.loss();
        live = now;
        if (ours) return;
      }
    },
  };
};

const put = async (
  objects: OwnObjects,
  place: ClusterPlace,
  live: LiveRoot | undefined,
  root: Root,
): Promise<LiveRoot | undefined> => {
  if (live !== undefined) {
    const object = await objects.replace(withRoot(live.object, root));
    return object && { object, root };
  }
  const made = await objects.create(newRoot(place, root));
  if (made.is === 'homeless') throw deleted(place);
  return made.is === 'made' ? { object: made.object, root } : undefined;
};

/**
 * Makes sure that no earlier holder can write any more: its next write is for a version of the root that is gone.
 * Answers the root with everything that it did write.
 */
export const fenceOff = async (objects: OwnObjects, place: ClusterPlace, { id, fence }: Writer): Promise<LiveRoot> => {
  for (;;) {
    const found = await readRoot(objects, place);
    const root: Root = { ...(found?.root ?? emptyRoot), fence, session: id, write: 0 };
    const written = await put(objects, place, found, root);
    if (written !== undefined) return written;
  }
};

const deleted = (place: ClusterPlace): LabError =>
  new LabError('BAD_STATE', `${nameOf(rootRef(place))} was deleted while lab was at work`, {
    next: 'Put a backup of it back, or apply again: lab knows its own objects by their marks.',
  });
