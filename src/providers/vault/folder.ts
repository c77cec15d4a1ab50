import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { LabError } from '../../errors.ts';
import { diskFailure } from '../../secrets/disk-failure.ts';
import { makePrivateFolder, replacePrivateFile } from '../../secrets/private-file.ts';
import { reveal, type Secret } from '../../secrets/secret.ts';

/** The manifest's folder, for what people and machines carry between Vault and somebody outside. */
export interface Folder {
  /** The text of a file; undefined if it is not there. */
  read(path: string): Promise<string | undefined>;
  /** Writes a file that holds no secret, and the folders that it lies in. */
  write(path: string, text: string): Promise<void>;
  /** Makes or replaces a file that only its user can read, in one step, and the folders that it lies in. */
  replace(path: string, text: Secret): Promise<void>;
  /** Absent already is success. */
  remove(path: string): Promise<void>;
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
    replace: async (path, text) => {
      try {
        const file = fileAt(path);
        await makePrivateFolder(file);
        await refuseOutside(dirname(file), path);
        await replacePrivateFile(file, reveal(text));
      } catch (error) {
        throw unusable(error, path, 'written');
      }
    },
    remove: async (path) => {
      try {
        await rm(fileAt(path), { force: true });
      } catch (error) {
        throw unusable(error, path, 'removed');
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
