import { LabError } from '../../../errors.ts';
import { reveal, type Secret, secret } from '../../../secrets/secret.ts';

/** A public key as `sys/init` takes it. */
export interface PublicKey {
  /** Base64 of the binary key. */
  readonly key: string;
  /** Hex. */
  readonly fingerprint: string;
}

/** Makes a key pair; its private half in the armored form that any OpenPGP program reads. */
export const makeKeyPair = async (
  owner: string,
): Promise<{ readonly publicKey: PublicKey; readonly privateKey: Secret }> => {
  const { generateKey } = await import('openpgp');
  const { privateKey, publicKey } = await generateKey({
    type: 'ecc',
    // What Vault's own OpenPGP library reads.
    curve: 'curve25519Legacy',
    userIDs: [{ name: owner }],
    format: 'object',
  });
  return { publicKey: publicKeyOf(publicKey), privateKey: secret(privateKey.armor()) };
};

/** The public half of a private key. Throws CONFLICT for what is none. */
export const publicHalf = async (privateKey: Secret): Promise<PublicKey> =>
  publicKeyOf((await parsePrivate(privateKey)).toPublic());

/** A person's public key, armored. Throws BAD_MANIFEST for what is none. */
export const parsePublicKey = async (armored: string, file: string): Promise<PublicKey> => {
  const { readKey } = await import('openpgp');
  try {
    const key = await readKey({ armoredKey: armored });
    if (key.isPrivate()) throw new LabError('GUARD', `${file} holds a private key; lab wants the public one alone`);
    await key.getEncryptionKey();
    return publicKeyOf(key);
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw new LabError('BAD_MANIFEST', `${file} holds no public PGP key that can be encrypted to now`, {
      next: `Export it with: gpg --armor --export NAME > ${file}`,
    });
  }
};

/** What a message says, if one of the keys opens it: bytes that whoever asked wipes. undefined if none does. */
export const decrypt = async (message: string, keys: readonly Secret[]): Promise<Buffer | undefined> => {
  const { readMessage, decrypt: open } = await import('openpgp');
  for (const key of keys) {
    const [parsed, decryptionKeys] = await Promise.all([
      readMessage({ binaryMessage: Buffer.from(message, 'base64') }),
      parsePrivate(key),
    ]);
    const opened = await open({ message: parsed, decryptionKeys, format: 'binary' }).catch(() => undefined);
    if (opened === undefined) continue;
    const bytes = Buffer.from(opened.data);
    opened.data.fill(0);
    return bytes;
  }
  return undefined;
};

/** A message in the armored form that people's programs read. */
export const armor = async (message: string): Promise<string> => {
  const { armor: wrap, enums } = await import('openpgp');
  return wrap(enums.armor.message, Uint8Array.from(Buffer.from(message, 'base64')));
};

const parsePrivate = async (privateKey: Secret) => {
  const { readPrivateKey } = await import('openpgp');
  try {
    return await readPrivateKey({ armoredKey: reveal(privateKey) });
  } catch {
    throw new LabError('CONFLICT', 'what lies where an escrow key should is no private PGP key');
  }
};

interface WritableKey {
  write(): Uint8Array;
  getFingerprint(): string;
}

const publicKeyOf = (key: WritableKey): PublicKey => ({
  key: Buffer.from(key.write()).toString('base64'),
  fingerprint: key.getFingerprint(),
});
