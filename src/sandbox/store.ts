import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskFailure } from '../secrets/disk-failure.ts';
import { replacePrivateFile } from '../secrets/private-file.ts';

/** What one sandbox server holds: a value in memory, with a copy on disk. Change the value in place, then say so. */
export interface Document<T> {
  readonly value: T;
  /** The value was changed: it goes to disk soon, many changes in one write. */
  changed(): void;
  /** Writes what is not on disk yet. Throws what the file system answers. */
  close(): Promise<void>;
}

const savePause = 200;

/**
 * Opens the JSON file, or begins with `empty()` where there is none. File and folder are for their user alone.
 * No file: the document lives in memory only.
 */
export const openDocument = async <T>(file: string | undefined, empty: () => T): Promise<Document<T>> => {
  if (file === undefined) return { value: empty(), changed: () => undefined, close: async () => undefined };
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const text = await readIfThere(file);
  // The parse boundary: only this function writes these files. An older lab may have left out what came later.
  const value: T = text === undefined ? empty() : { ...empty(), ...JSON.parse(text) };

  let timer: NodeJS.Timeout | undefined;
  let saving: Promise<void> = Promise.resolve();
  const save = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    saving = saving.catch(() => undefined).then(() => replacePrivateFile(file, JSON.stringify(value)));
    return saving;
  };
  return {
    value,
    changed: () => {
      // A failure is not lost: close() waits for the same promise, and throws it.
      timer ??= setTimeout(() => save().catch(() => undefined), savePause).unref();
    },
    close: () => (timer === undefined ? saving : save()),
  };
};

const readIfThere = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (diskFailure(error)?.code === 'ENOENT') return undefined;
    throw error;
  }
};
