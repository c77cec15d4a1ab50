import { rm } from 'node:fs/promises';
import { replacePrivateFile, syncFolder } from '../secrets/private-file.ts';
import { encodeDocument } from './codec.ts';
import { onDisk } from './disk.ts';
import { play, toState } from './document.ts';
import { encodeLine, type Replayed } from './journal.ts';
import { type JournalFile, startJournalFile } from './journal-file.ts';
import type { Lock } from './lock.ts';
import type { State, StateSession } from './store.ts';

/** Paths of one owner's state. */
export interface LocalFiles {
  readonly folder: string;
  readonly state: string;
  readonly journal: string;
  readonly lock: string;
}

/**
 * The session of whoever holds the lock; its state holds every entry that is durable. Nothing is written before the
 * first append.
 */
export const localSession = (
  files: LocalFiles,
  lock: Lock,
  { document, extended }: Replayed,
  wrote: (serial: number) => void,
): StateSession => {
  let state: State | undefined;
  let journal: Promise<JournalFile> | undefined;
  let ending: Promise<void> | undefined;
  let sequence = 0;
  let durable = 0;

  const writeDocument = async (serial: number): Promise<void> => {
    await lock.confirm();
    await onDisk('write', files.state, () => replacePrivateFile(files.state, encodeDocument({ ...document, serial })));
  };

  const start = async (): Promise<JournalFile> => {
    // A crashed session's journal goes into the document before a new journal takes its place.
    if (extended) await writeDocument(document.serial);
    return onDisk('write', files.journal, () => startJournalFile(files.journal, () => lock.confirm()));
  };

  const compact = async (): Promise<void> => {
    const serial = document.serial + 1;
    await writeDocument(serial);
    // After a crash just here, the journal names an older serial than the document and is not played again.
    await onDisk('write', files.journal, async () => {
      await rm(files.journal, { force: true });
      await syncFolder(files.folder);
    });
    wrote(serial);
  };

  const end = async (): Promise<void> => {
    try {
      const file = await journal?.catch(() => undefined);
      await file?.close();
      if (durable > 0) await compact();
    } finally {
      await lock.release();
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
      const file = await journal;
      await onDisk('write', files.journal, () => file.append(line));
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
