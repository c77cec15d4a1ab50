import { play, type StateDocument, toState } from './document.ts';
import { encodeLine, type Replayed } from './journal.ts';
import type { JournalWriter } from './journal-writer.ts';
import type { State, StateSession } from './store.ts';

/** Where whoever holds the lock writes. Each method throws LOCKED once the lock is no longer held. */
export interface Medium {
  /** Makes a document durable in the place of the one before, and drops the journal that it holds already. */
  save(document: StateDocument): Promise<void>;
  /** Starts an empty journal that goes on from the saved document. */
  startJournal(): Promise<JournalWriter>;
  /** Gives the lock back. */
  release(): Promise<void>;
}

/**
 * The session of whoever holds the lock; its state holds every entry that is durable. Nothing is written before the
 * first append.
 */
export const openSession = (
  medium: Medium,
  { document, extended }: Replayed,
  wrote: (serial: number) => void,
): StateSession => {
  let state: State | undefined;
  let journal: Promise<JournalWriter> | undefined;
  let ending: Promise<void> | undefined;
  let sequence = 0;
  let durable = 0;

  const start = async (): Promise<JournalWriter> => {
    // A crashed session's journal goes into the document before a new journal takes its place.
    if (extended) await medium.save(document);
    return medium.startJournal();
  };

  const compact = async (): Promise<void> => {
    const serial = document.serial + 1;
    await medium.save({ ...document, serial });
    wrote(serial);
  };

  const end = async (): Promise<void> => {
    try {
      const writer = await journal?.catch(() => undefined);
      await writer?.close();
      if (durable > 0) await compact();
    } finally {
      await medium.release();
    }
  };

  return {
    get state() {
      state ??= toState(document);
      return state;
    },
    append: async (entry) => {
      journal ??= start();
      sequence += 1;
      const { installation, serial } = document;
      const line = encodeLine({ installation, extends: serial, sequence, entry });
      await (await journal).append(line);
      play(document, entry);
      state = undefined;
      durable += 1;
    },
    close: () => {
      ending ??= end();
      return ending;
    },
  };
};
