import { randomBytes } from 'node:crypto';
import type { Diagnostic } from '../../engine/change.ts';
import type { OwnObjects } from '../../engine/ports.ts';
import { emptyDocument, type StateDocument, toState } from '../document.ts';
import { openSession } from '../session.ts';
import type { LockingStore } from '../store.ts';
import { breakLease, type Lease, takeLease } from './lease.ts';
import { type ClusterMedium, clusterMedium } from './medium.ts';
import { patient } from './patient.ts';
import { sweepPieces } from './pieces.ts';
import { type ClusterPlace, nameOf, rootRef } from './place.ts';
import { readBehind, readState, torn } from './read.ts';
import { type LiveRoot, readRoot } from './root.ts';
import { fenceOff, type RootWriter, rootWriter } from './root-writer.ts';
import { watchLease } from './signs-of-life.ts';
import { type Leaving, originOf, type Source, twoStates } from './source.ts';
import { type Timing, usualTiming } from './timing.ts';

/** Whose state, in which cluster, and who is told what. */
export interface ClusterStoreOptions {
  readonly place: ClusterPlace;
  readonly objects: OwnObjects;
  /** What is moved here by the next run that writes; until then it counts. */
  readonly source?: Source;
  /** Told about a lock that was taken over. */
  readonly report?: (diagnostic: Diagnostic) => void;
  /** Where a run in CI shows its log. */
  readonly run?: string;
  readonly timing?: Timing;
}

interface Arrival {
  readonly writer: RootWriter;
  readonly medium: ClusterMedium;
  readonly found: StateDocument | undefined;
}

// As long as an API server needs to restart.
const patience = 30_000;

/** State in Secrets of a namespace, under a Lease: docs/state.md says how they lie there. */
export const clusterStore = (options: ClusterStoreOptions): LockingStore => {
  const { place, objects, source, report = () => {}, run, timing = usualTiming } = options;
  const watch = watchLease(objects, place, timing);
  let serial: number | undefined;
  const note = (seen: number) => {
    serial = seen;
  };

  const underLease = async (lease: Lease, operation: string, installation: string) => {
    const root = await rootUnder(lease);
    const found = root && (await readBehind(objects, place, root));
    if (found === 'torn') throw torn(place);
    const steady = patient(objects, patience);
    const writer = rootWriter(steady, place, lease, root);
    const medium = clusterMedium({ objects: steady, place, lease, writer, report });
    const moved = await moveHere(operation, { writer, medium, found: found?.document });
    const document = moved ?? found?.document ?? emptyDocument(installation);
    note(document.serial);
    return openSession(medium, { document, extended: moved === undefined && found?.extended === true }, note);
  };

  /** Moves what is to be moved here, or finishes such a move. Answers the document if it came just now. */
  const moveHere = async (
    operation: string,
    { writer, medium, found }: Arrival,
  ): Promise<StateDocument | undefined> => {
    if (source === undefined || (await source.look()) === undefined) return undefined;
    let arrived: StateDocument | undefined;
    await source.leave(operation, async (departure) => {
      const { document, from } = departure;
      if (documentOf(departure, found, writer.root.moved) === document) {
        await departure.begin();
        await medium.save(document, originOf(document));
        arrived = document;
      }
      await departure.finish();
      const message = `moved the state in ${from}, serial ${document.serial}, to ${describePlace(place)}`;
      report({ severity: 'warning', code: 'STATE_MOVED', message });
    });
    return arrived;
  };

  /** Which of two documents counts. Throws BAD_STATE if neither came from the other. */
  const documentOf = (
    leaving: Leaving | undefined,
    found: StateDocument | undefined,
    moved: string,
  ): StateDocument | undefined => {
    if (leaving === undefined || moved === originOf(leaving.document)) return found;
    if (found === undefined) return leaving.document;
    // Whoever destroyed everything with it has left nothing to move.
    if (leaving.document.records.size + leaving.document.broken.size === 0) return found;
    throw twoStates(leaving, describePlace(place), found.serial);
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
      // In this order: one that is moved in between is seen twice, and not missed twice.
      const leaving = await source?.look();
      const { found, moved } = await readState(objects, place);
      const document = documentOf(leaving, found?.document, moved);
      note(document?.serial ?? 0);
      return document && toState(document);
    },
    open: async (operation, installation = randomBytes(4).toString('hex')) => {
      const lease = await takeLease({ objects, place, timing, watch, report }, operation, run);
      try {
        return await underLease(lease, operation, installation);
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

/** For people: where a state in the cluster lies. */
export const describePlace = (place: ClusterPlace): string => nameOf(rootRef(place));
