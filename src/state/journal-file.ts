import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../secrets/private-file.ts';
import { groupingWriter, type JournalWriter } from './journal-writer.ts';

/** Starts an empty journal file. `confirm` runs before each write and throws if nothing may be written any more. */
export const startJournalFile = async (path: string, confirm: () => Promise<void>): Promise<JournalWriter> => {
  const file = await open(path, 'w', 0o600);
  await syncFolder(dirname(path));
  return groupingWriter(
    async (lines) => {
      await confirm();
      await file.writeFile(lines.join(''));
      await file.datasync();
    },
    () => file.close(),
  );
};
