import { isUtf8 } from 'node:buffer';
import { randomInt } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { LabError } from '../errors.ts';
import { diskFailure } from './disk-failure.ts';
import { type Secret, secret } from './secret.ts';
import type { LocalSource } from './source.ts';

/** Where sources are looked up. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The manifest's folder: files are relative to it and may not lie outside. */
  readonly folder: string;
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const alphabets = {
  alphanumeric: `${letters}0123456789`,
  hex: '0123456789abcdef',
  printable: String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 33 + index)),
} as const;

/**
 * The value of a source now; undefined if it has none: a variable that is unset or empty, a file that is not there or
 * empty. A file's text is taken exactly, its last newline included. `generate` makes a fresh value at every call, so
 * it is resolved once, when the object is known to be absent. Throws MISSING_SOURCE on a file that cannot be read as
 * UTF-8 and GUARD on one outside the manifest's folder.
 */
export const resolveSource = async (source: LocalSource, surroundings: Surroundings): Promise<Secret | undefined> => {
  const value = await read(source, surroundings);
  return value === undefined || value === '' ? undefined : secret(value);
};

const read = async (source: LocalSource, { env, folder }: Surroundings): Promise<string | undefined> => {
  switch (source.from) {
    case 'env':
      return env[source.name];
    case 'file':
      return readText(folder, source.path);
    case 'generate':
      return generate(source.length, alphabets[source.alphabet]);
  }
};

// randomInt rejects what would make the first characters of the alphabet likelier.
const generate = (length: number, alphabet: string): string =>
  Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');

const readText = async (folder: string, path: string): Promise<string | undefined> => {
  try {
    const asked = resolve(folder, path);
    refuseOutside(folder, asked, path);
    const real = await realpath(asked);
    refuseOutside(await realpath(folder), real, path);
    // Reading a pipe or a device might never end.
    if (!(await stat(real)).isFile()) throw unreadable(path, 'it is not a regular file');
    const bytes = await readFile(real);
    if (!isUtf8(bytes)) throw unreadable(path, 'it is not UTF-8 text');
    return bytes.toString('utf8');
  } catch (error) {
    const failure = diskFailure(error);
    if (failure === undefined) throw error;
    if (failure.code === 'ENOENT' || failure.code === 'ENOTDIR') return undefined;
    throw unreadable(path, failure.reason);
  }
};

const refuseOutside = (folder: string, file: string, path: string): void => {
  const way = relative(folder, file);
  if (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)) return;
  throw new LabError('GUARD', `file ${path} lies outside the manifest's folder`, {
    next: 'Put the file into the folder of the manifest, or pass the value in an environment variable.',
  });
};

const unreadable = (path: string, why: string): LabError =>
  new LabError('MISSING_SOURCE', `file ${path} cannot be read: ${why}`, {
    next: `Make ${path} a UTF-8 text file that you can read, or name another source.`,
  });
