import { randomUUID } from 'node:crypto';
import { type FileHandle, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskFailure } from './disk-failure.ts';

/** Makes names that were just created, replaced or removed in a folder survive a power cut. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

type Fill = (file: FileHandle) => Promise<void>;

const withDraft = async <Result>(draft: string, fill: Fill, publish: () => Promise<Result>): Promise<Result> => {
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await fill(file);
      await file.sync();
    } finally {
      await file.close();
    }
    const result = await publish();
    await syncFolder(dirname(draft));
    return result;
  } finally {
    await rm(draft, { force: true });
  }
};

/**
 * Creates a durable file that only its user can read; false if the name is taken. Linking a finished draft in means
 * that nobody ever reads half of it, which opening the name itself with `wx` would allow.
 */
export const createPrivateFile = (path: string, text: string): Promise<boolean> =>
  createPrivateFrom(path, (file) => file.writeFile(text));

/** The same with what `fill` writes; nothing is left of it where that fails. */
export const createPrivateFrom = (path: string, fill: Fill): Promise<boolean> => {
  const draft = `${path}.${randomUUID()}.tmp`;
  return withDraft(draft, fill, async () => {
    try {
      await link(draft, path);
      return true;
    } catch (error) {
      if (diskFailure(error)?.code === 'EEXIST') return false;
      throw error;
    }
  });
};

/** Replaces such a file in one step: after a crash it is the old or the new one. For one writer at a time. */
export const replacePrivateFile = async (path: string, text: string): Promise<void> => {
  const draft = `${path}.tmp`;
  // A killed writer leaves its draft behind.
  await rm(draft, { force: true });
  const fill: Fill = (file) => file.writeFile(text);
  await withDraft(draft, fill, () => rename(draft, path));
};

/** Makes the folder that a file is to lie in, for the user alone. */
export const makePrivateFolder = async (file: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
};
