import { LabError } from '../../../errors.ts';
import { reveal, type Secret, secret } from '../../../secrets/secret.ts';

/** Encrypts for a recipient (`age1…`), in the armored form that every age program reads. Throws BAD_MANIFEST for what is no recipient. */
export const encryptTo = async (recipient: string, bytes: Uint8Array): Promise<string> => {
  const { Encrypter, armor } = await import('age-encryption');
  const encrypter = new Encrypter();
  try {
    encrypter.addRecipient(recipient);
  } catch {
    throw new LabError('BAD_MANIFEST', `${recipient} is no recipient of age`, {
      next: 'It is what age-keygen prints as the public key: age-keygen -y FILE',
    });
  }
  return armor.encode(await encrypter.encrypt(bytes));
};

/** The identities in a file as age-keygen writes it: one a line, comments begin with #. */
export const identitiesIn = (text: Secret): readonly Secret[] =>
  reveal(text)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.startsWith('AGE-SECRET-KEY-'))
    .map(secret);

/** What is encrypted in it, if one of the identities opens it: bytes that whoever asked wipes. undefined if none does. */
export const decryptBy = async (armored: string, identities: readonly Secret[]): Promise<Buffer | undefined> => {
  const { Decrypter, armor } = await import('age-encryption');
  try {
    const decrypter = new Decrypter();
    for (const identity of identities) decrypter.addIdentity(reveal(identity));
    const opened = await decrypter.decrypt(armor.decode(armored));
    const bytes = Buffer.from(opened);
    opened.fill(0);
    return bytes;
  } catch {
    return undefined;
  }
};
