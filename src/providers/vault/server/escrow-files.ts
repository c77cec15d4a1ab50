import { readFile } from 'node:fs/promises';
import { parse } from 'node:path';
import { LabError } from '../../../errors.ts';
import { createPrivateFile, makePrivateFolder } from '../../../secrets/private-file.ts';
import { reveal, type Secret, sameSecret, secret } from '../../../secrets/secret.ts';

/** What a file says; undefined if it is not there. */
export const readIfThere = async (file: string): Promise<Secret | undefined> => {
  try {
    return secret(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new LabError('MISSING_SOURCE', `${file} cannot be read`);
  }
};

/** A durable file of its own, read back; what is there already must say the same. */
export const keepFile = async (file: string, text: Secret): Promise<void> => {
  await makePrivateFolder(file);
  await createPrivateFile(file, reveal(text));
  const there = await readIfThere(file);
  if (there !== undefined && sameSecret(there, text)) return;
  throw new LabError('GUARD', `${file} is there already and says something else, and an escrow is never overwritten`, {
    next: 'Move it away by hand if it belongs to a Vault that is gone; then run this again.',
  });
};

/** The file of a later generation, beside that of the first: `oncall.asc`, `oncall-2.asc`. */
export const fileOf = (file: string, generation: number): string => {
  const { dir, name, ext } = parse(file);
  return generation === 1 ? file : `${dir}/${name}-${generation}${ext}`;
};
