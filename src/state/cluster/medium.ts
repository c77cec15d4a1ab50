import type { Diagnostic } from '../../engine/change.ts';
import type { OwnObjects } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';
import { encodeDocument } from '../codec.ts';
import type { StateDocument } from '../document.ts';
import { groupingWriter } from '../journal-writer.ts';
import type { Medium } from '../session.ts';
import type { Lease } from './lease.ts';
import { addPieces, removePieces } from './pieces.ts';
import type { ClusterPlace } from './place.ts';
import { noPieces } from './root.ts';
import type { RootWriter } from './root-writer.ts';

// Each append sends the tail again, so it stays small; a full one becomes a piece.
const tailBytes = 16 * 1024;

/** What a session in the cluster writes with. */
export interface ClusterHold {
  readonly objects: OwnObjects;
  readonly place: ClusterPlace;
  readonly lease: Lease;
  readonly writer: RootWriter;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** A medium that can also take over a document from elsewhere. */
export interface ClusterMedium extends Medium {
  /** `moved`: what the root remembers of where the document came from. */
  save(document: StateDocument, moved?: string): Promise<void>;
}

/** One owner's objects, for whoever holds their lock. */
export const clusterMedium = ({ objects, place, lease, writer, report }: ClusterHold): ClusterMedium => {
  // Nothing of this session is left behind, or may still be on its way.
  let isClean = true;
  const noting = async <Result>(work: Promise<Result>): Promise<Result> => {
    try {
      return await work;
    } catch (error) {
      isClean = false;
      throw error;
    }
  };
  // What is saved is saved: what cannot be cleared away is no reason to fail.
  const orLeave = async (work: Promise<void>): Promise<void> => {
    try {
      await noting(work);
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      report({ severity: 'warning', code: 'STATE_LEFTOVERS', message: `the state is saved, but: ${error.message}` });
    }
  };
  const save: ClusterMedium['save'] = async (document, moved = writer.root.moved) => {
    lease.refuseIfLost();
    const { document: oldDocument, journal: oldJournal } = writer.root;
    const none = { stem: writer.stem(), count: 0 };
    const pieces = await addPieces(objects, place, 'document', none, encodeDocument(document));
    await writer.write({ document: pieces, journal: noPieces, tail: '', moved });
    await orLeave(removePieces(objects, place, 'document', oldDocument));
    await orLeave(removePieces(objects, place, 'journal', oldJournal));
  };

  const startJournal: ClusterMedium['startJournal'] = async () => {
    let pieces = { stem: writer.stem(), count: 0 };
    const append = async (lines: readonly string[]): Promise<void> => {
      const text = writer.root.tail + lines.join('');
      if (Buffer.byteLength(text) <= tailBytes) return writer.write({ tail: text });
      lease.refuseIfLost();
      pieces = await addPieces(objects, place, 'journal', pieces, text);
      return writer.write({ journal: pieces, tail: '' });
    };
    return groupingWriter(
      (lines) => noting(append(lines)),
      async () => {},
    );
  };

  return {
    save: (document, moved) => noting(save(document, moved)),
    startJournal,
    release: () => orLeave(lease.release(isClean)),
  };
};
