import { resolve } from 'node:path';
import { LabError } from '../errors.ts';
import { diskFailure } from '../secrets/disk-failure.ts';
import { createPrivateFile } from '../secrets/private-file.ts';
import type { Document } from '../views/document.ts';

/** Saves a JSON document in a new file. Throws GUARD where one is there already. */
export const saveDocument = async (path: string, document: Document): Promise<void> => {
  if (await create(path, `${JSON.stringify(document, undefined, 2)}\n`)) return;
  throw new LabError('GUARD', `${path} is there already, and is not overwritten`, {
    next: 'Give the new one another name: each says how it was at its time.',
  });
};

const create = async (path: string, text: string): Promise<boolean> => {
  try {
    return await createPrivateFile(resolve(path), text);
  } catch (error) {
    const failure = diskFailure(error);
    if (failure === undefined) throw error;
    throw new LabError('BAD_MANIFEST', `cannot write ${path}: ${failure.reason}`);
  }
};
