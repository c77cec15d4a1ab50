import { rm } from 'node:fs/promises';
import { replacePrivateFile, syncFolder } from '../secrets/private-file.ts';
import { encodeDocument } from './codec.ts';
import { onDisk } from './disk.ts';
import { startJournalFile } from './journal-file.ts';
import type { JournalWriter } from './journal-writer.ts';
import type { LocalFiles } from './local-files.ts';
import type { Lock } from './lock.ts';
import type { Medium } from './session.ts';

/** One owner's files, for whoever holds their lock. */
export const localMedium = (files: LocalFiles, lock: Lock): Medium => ({
  save: async (document) => {
    await lock.confirm();
    await onDisk('write', files.state, () => replacePrivateFile(files.state, encodeDocument(document)));
    // After a crash just here, the journal names an older serial than the document and is not played again.
    await onDisk('write', files.journal, async () => {
      await rm(files.journal, { force: true });
      await syncFolder(files.folder);
    });
  },
  startJournal: async () => {
    const { journal } = files;
    const writer = await onDisk('write', journal, () => startJournalFile(journal, () => lock.confirm()));
    const append: JournalWriter['append'] = (line) => onDisk('write', journal, () => writer.append(line));
    return { append, close: () => writer.close() };
  },
  release: () => lock.release(),
});
