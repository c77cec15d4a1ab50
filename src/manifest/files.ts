import { readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { maxBytes } from './yaml/limits.ts';

/** What reading one file came to. Problems are sentences without the file's name. */
export type FileText =
  | { readonly ok: true; readonly text: string; readonly bytes: Buffer }
  | { readonly ok: false; readonly missing: boolean; readonly problem: string };

/** Reads a text file of at most 1 MiB. */
export const readText = async (file: string): Promise<FileText> => {
  try {
    const found = await stat(file);
    if (!found.isFile()) return refused('is not a file');
    if (found.size > maxBytes) return refused(`is larger than ${maxBytes / 1024 / 1024} MiB`);
    const bytes = await readFile(file);
    if (bytes.length > maxBytes) return refused(`is larger than ${maxBytes / 1024 / 1024} MiB`);
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), bytes };
  } catch (error) {
    return unreadable(error);
  }
};

/** Why a file may not be used, because it lies outside the folder once links are followed. A file that is not there may. */
export const outside = async (folder: string, file: string): Promise<string | undefined> => {
  try {
    const way = relative(await realpath(folder), await realpath(join(folder, file)));
    return way === '..' || way.startsWith(`..${sep}`) ? 'leads out of the folder of the manifest' : undefined;
  } catch (error) {
    const { missing, problem } = unreadable(error);
    return missing ? undefined : problem;
  }
};

const refused = (problem: string) => ({ ok: false, missing: false, problem }) as const;

const unreadable = (error: unknown): { ok: false; missing: boolean; problem: string } => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { ok: false, missing: true, problem: 'does not exist' };
    case 'EACCES':
    case 'EPERM':
      return refused('cannot be read: permission denied');
    case 'ELOOP':
      return refused('is a link that leads to itself');
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return refused('is not UTF-8 text');
    default:
      return refused('cannot be read');
  }
};
