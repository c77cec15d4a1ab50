import { randomBytes } from 'node:crypto';
import type { Diagnostic } from '../engine/change.ts';
import { onDisk } from './disk.ts';
import { emptyDocument, toState } from './document.ts';
import type { Replayed } from './journal.ts';
import { filesOf, type LocalFolder, makeLocalFolder, readFiles } from './local-files.ts';
import { localMedium } from './local-medium.ts';
import { breakLock, takeLock } from './lock.ts';
import { refuseMoved } from './moved.ts';
import { openSession } from './session.ts';
import type { LockingStore } from './store.ts';

/** Whose state, where, and who is told what. */
export interface LocalPlace extends LocalFolder {
  /** Told about a stale lock that was taken over. */
  readonly report?: (diagnostic: Diagnostic) => void;
  /** Where a run in CI shows its log. */
  readonly run?: string;
}

/** State in `<folder>/.lab/<name>/<environment>/`, the sandbox's in `<folder>/.lab/sandbox/…`: state.json, journal.jsonl and lock, readable by the user alone. */
export const localStore = (place: LocalPlace): LockingStore => {
  const { report = () => {}, run } = place;
  const files = filesOf(place);
  let serial: number | undefined;
  const note = (seen: number) => {
    serial = seen;
  };
  const read = async (): Promise<Replayed | undefined> => {
    await refuseMoved(files);
    const found = await readFiles(files);
    note(found?.document.serial ?? 0);
    return found;
  };
  return {
    describe: () => (serial === undefined ? 'local' : `local, serial ${serial}`),
    load: async () => {
      const found = await read();
      return found === undefined ? undefined : toState(found.document);
    },
    open: async (operation, installation = randomBytes(4).toString('hex')) => {
      await makeLocalFolder(place);
      const lock = await onDisk('write', files.lock, () => takeLock(files.lock, operation, report, run));
      try {
        const found = (await read()) ?? { document: emptyDocument(installation), extended: false };
        return openSession(localMedium(files, lock), found, note);
      } catch (error) {
        await lock.release();
        throw error;
      }
    },
    unlock: (id) => onDisk('write', files.lock, () => breakLock(files.lock, id)),
  };
};
