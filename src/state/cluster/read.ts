import type { OwnObjects } from '../../engine/ports.ts';
import { decodeDocument, unreadable } from '../codec.ts';
import { type Replayed, replay } from '../journal.ts';
import { readPieces } from './pieces.ts';
import { type ClusterPlace, nameOf, rootRef } from './place.ts';
import { type LiveRoot, readRoot } from './root.ts';

/** The state behind a root; undefined if there is none, 'torn' if the root has changed meanwhile. */
export const readBehind = async (
  objects: OwnObjects,
  place: ClusterPlace,
  { root }: LiveRoot,
): Promise<Replayed | 'torn' | undefined> => {
  const [document, older] = await Promise.all([
    readPieces(objects, place, 'document', root.document),
    readPieces(objects, place, 'journal', root.journal),
  ]);
  if (document === undefined || older === undefined) return 'torn';
  const name = nameOf(rootRef(place));
  const stored = root.document.count === 0 ? undefined : decodeDocument(document, name);
  return replay(stored, older + root.tail, `the journal in ${name}`);
};

/** A state, and which local one it was made of. */
export interface Seen {
  readonly found: Replayed | undefined;
  readonly moved: string;
}

// Each time another run must have saved in between.
const tries = 10;

/** The state as it is now, without a lock: all of it is of one moment, as pieces are never changed. */
export const readState = async (objects: OwnObjects, place: ClusterPlace): Promise<Seen> => {
  for (let attempt = 1; ; attempt += 1) {
    const root = await readRoot(objects, place);
    const found = root && (await readBehind(objects, place, root));
    if (found !== 'torn') return { found, moved: root?.root.moved ?? '' };
    if (attempt === tries) throw torn(place);
  }
};

/** The complaint about pieces that the root names and that are not there. */
export const torn = (place: ClusterPlace) => unreadable(nameOf(rootRef(place)), 'it names Secrets that are not there');
