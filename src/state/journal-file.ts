import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../secrets/private-file.ts';

/** An open journal file. */
export interface JournalFile {
  /** Returns when the line is durable. After one failure nothing more is taken: a torn line may stand at the end. */
  append(line: string): Promise<void>;
  /** Waits for what is being written. */
  close(): Promise<void>;
}

/** Starts an empty journal file. `confirm` runs before each write and throws if nothing may be written any more. */
export const startJournalFile = async (path: string, confirm: () => Promise<void>): Promise<JournalFile> => {
  const file = await open(path, 'w', 0o600);
  await syncFolder(dirname(path));
  let lines: string[] = [];
  let gathering: Promise<void> | undefined;
  let writing = Promise.resolve();

  // Lines that arrive while a group is being made durable form the next group: one sync for all of them.
  const writeGroup = async (): Promise<void> => {
    const group = lines.join('');
    lines = [];
    gathering = undefined;
    await confirm();
    await file.writeFile(group);
    await file.datasync();
  };

  return {
    append: (line) => {
      lines.push(line);
      gathering ??= writing.then(writeGroup);
      writing = gathering;
      return gathering;
    },
    close: async () => {
      // Whoever appended was told.
      await writing.catch(() => {});
      await file.close();
    },
  };
};
