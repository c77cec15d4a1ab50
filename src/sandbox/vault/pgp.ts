import type { Key } from 'openpgp';

/** How an answer of init is made: in clear, or encrypted to the keys that were given. */
export interface Encryption {
  readonly shares: (hex: readonly string[]) => Promise<Buffer[]>;
  readonly root: (token: string) => Promise<string>;
}

/** What a request of init asks for; or what is wrong with its keys, in Vault's words. */
export const encryption = async (
  body: Readonly<Record<string, unknown>>,
  shares: number,
): Promise<Encryption | string> => {
  const { pgp_keys: given = [], root_token_pgp_key: rootKey = '' } = body;
  if (!Array.isArray(given)) {
    return `failed to parse JSON input: json: cannot unmarshal ${typeof given} into Go struct field InitRequest.pgp_keys of type []string`;
  }
  if (given.length > 0 && given.length !== shares) return 'incorrect number of PGP keys';
  const keys = await parseKeys(given.map(String));
  if (typeof keys === 'string') return `invalid seal configuration: ${keys}`;
  // The real one would be initialised by now, and nobody would have its keys; the sandbox is kinder.
  const root = rootKey === '' ? undefined : await parseKey(String(rootKey));
  if (typeof root === 'string') return root;
  return {
    shares: (all) => sharesFor(keys, all),
    root: async (token) => (root === undefined ? token : (await encrypt(token, root)).toString('base64')),
  };
};

/** Keys as a request gives them; or what is wrong with one, in Vault's words. */
export const parseKeys = async (given: readonly string[]): Promise<readonly Key[] | string> => {
  const keys: Key[] = [];
  for (const text of given) {
    const key = await parseKey(text);
    if (typeof key === 'string') return key;
    keys.push(key);
  }
  return keys;
};

/** As Vault tells them; null without keys. */
export const fingerprintsOf = (keys: readonly Key[]): readonly string[] | null =>
  keys.length === 0 ? null : keys.map((key) => key.getFingerprint());

/** Shares encrypted to a key each, or in clear where there are none. */
export const sharesFor = (keys: readonly Key[], shares: readonly string[]): Promise<Buffer[]> =>
  Promise.all(
    shares.map(async (hex, index) => {
      const key = keys[index];
      return key === undefined ? Buffer.from(hex, 'hex') : encrypt(hex, key);
    }),
  );

const parseKey = async (base64: string): Promise<Key | string> => {
  const { readKey } = await import('openpgp');
  const odd = /[^A-Za-z0-9+/=]/.exec(base64);
  if (odd !== null) return `error decoding given PGP key: illegal base64 data at input byte ${odd.index}`;
  try {
    return await readKey({ binaryKey: Buffer.from(base64, 'base64') });
  } catch {
    return 'error parsing given PGP key: openpgp: invalid data: tag byte does not have MSB set';
  }
};

const encrypt = async (text: string, key: Key): Promise<Buffer> => {
  const { createMessage, encrypt: seal } = await import('openpgp');
  const message = await createMessage({ text });
  return Buffer.from(await seal({ message, encryptionKeys: key, format: 'binary' }));
};
