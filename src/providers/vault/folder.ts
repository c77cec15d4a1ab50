import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { LabError } from '../../errors.ts';
import { diskFailure } from '../../secrets/disk-failure.ts';

/** The manifest's folder, for what people carry between Vault and somebody outside. Nothing in it is secret. */
export interface Folder {
  /** The text of a file; undefined if it is not there. */
  read(path: string): Promise<string | undefined>;
  /** Writes a file, and the folders that it lies in. */
  write(path: string, text: string): Promise<void>;
}

/** A folder; paths lead into it or are refused. Without one, every use is refused. */
export const openFolder = (folder: string | undefined): Folder => {
  const fileAt = (path: string): string => {
    if (folder !== undefined) return resolve(folder, path);
    throw new LabError('BAD_MANIFEST', `the file ${path} has no folder to lie in`, {
      next: 'Give the folder of the manifest as connections.vault.folder.',
    });
  };
  const refuseOutside = async (place: string, path: string): Promise<void> => {
    const way = relative(await realpath(folder ?? place), await realpath(place));
    if (way !== '..' && !way.startsWith(`..${sep}`)) return;
    throw new LabError('GUARD', `file ${path} lies outside the manifest's folder`);
  };
  return {
    read: async (path) => {
      try {
        const file = fileAt(path);
        await refuseOutside(file, path);
        return await readFile(file, 'utf8');
      } catch (error) {
        if (diskFailure(error)?.code === 'ENOENT') return undefined;
        throw unusable(error, path, 'read');
      }
    },
    write: async (path, text) => {
      try {
        const file = fileAt(path);
        await mkdir(dirname(file), { recursive: true });
        await refuseOutside(dirname(file), path);
        await writeFile(file, text);
      } catch (error) {
        throw unusable(error, path, 'written');
      }
    },
  };
};

const unusable = (error: unknown, path: string, what: string): unknown => {
  const failure = diskFailure(error);
  return failure === undefined
    ? error
    : new LabError('MISSING_SOURCE', `file ${path} cannot be ${what}: ${failure.reason}`);
};
