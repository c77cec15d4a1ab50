import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPrivateFile, makePrivateFolder } from '../../secrets/private-file.ts';

/** An identity of age that stands in for everybody's: made once in the sandbox's folder, and used nowhere else. */
export const standInIdentity = async (
  folder: string,
): Promise<{ readonly file: string; readonly recipient: string }> => {
  const { generateX25519Identity, identityToRecipient } = await import('age-encryption');
  const file = join(folder, 'age-identity.txt');
  await makePrivateFolder(file);
  await createPrivateFile(file, `${await generateX25519Identity()}\n`);
  const identity = (await readFile(file, 'utf8')).trim();
  return { file, recipient: await identityToRecipient(identity) };
};
