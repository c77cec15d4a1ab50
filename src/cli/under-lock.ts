import { LabError } from '../errors.ts';
import type { State, StateSession, StateStore } from '../state/store.ts';
import { openWhenFree, type Patience } from './lock-wait.ts';

/** The state while its lock is held. */
export interface Held {
  /** undefined where lab has applied nothing yet, or has lost its state. */
  readonly state: State | undefined;
  /** The session to write with. `seen` is the installation that live marks show: a new state continues it. */
  readonly session: (seen: string | undefined) => Promise<StateSession>;
}

/** Whose lock, for what, and how long to wait for it. */
export interface Locking {
  readonly store: StateStore;
  readonly operation: string;
  readonly patience: Patience;
}

/** Works under the state's lock and gives it back, whatever happens. */
export const underLock = async <Result>(
  { store, operation, patience }: Locking,
  work: (held: Held) => Promise<Result>,
): Promise<Result> => {
  let session = await openWhenFree(store, patience, operation);
  try {
    return await work({
      state: isNew(session.state) ? undefined : session.state,
      session: async (seen) => {
        if (seen === undefined || !isNew(session.state)) return session;
        // Nothing was written yet, so closing leaves no trace of the installation that was made up.
        await session.close();
        session = await openWhenFree(store, patience, operation, seen);
        if (isNew(session.state)) return session;
        throw new LabError('STALE', 'another run has applied in this very moment', { next: 'Run it again.' });
      },
    });
  } finally {
    await session.close();
  }
};

const isNew = ({ serial, records, broken }: State): boolean => serial === 0 && records.length + broken.length === 0;
