import { randomBytes } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { LabError } from '../errors.ts';
import { diskFailure } from './disk-failure.ts';
import { type FingerprintKey, keyOfBytes } from './fingerprint.ts';
import { createPrivateFile } from './private-file.ts';
import { reveal, type Secret, secret } from './secret.ts';

type Env = Readonly<Record<string, string | undefined>>;

const shortest = 32;

/**
 * The key in use: LAB_FINGERPRINT_KEY, else the user's key file; undefined if there is none. `create` makes the file
 * when it is missing: for apply. Throws GUARD on a key that is too short or that others can read.
 */
export const fingerprintKey = async ({ env, create }: { env: Env; create: boolean }) => {
  const given = givenKey(env);
  if (given !== undefined) return given;
  const made = create ? await makeKeyFile(env) : await keyInFile(env);
  return made && parseKey(made, fingerprintKeyFile(env));
};

/** The key in LAB_FINGERPRINT_KEY. Throws GUARD if it is too short. */
export const givenKey = ({ LAB_FINGERPRINT_KEY: given = '' }: Env): FingerprintKey | undefined =>
  given === '' ? undefined : parseKey(secret(given), 'LAB_FINGERPRINT_KEY');

/** The text of a new key. */
export const newKey = (): Secret => secret(randomBytes(shortest).toString('base64'));

/** The text in the user's key file; undefined if there is none. Throws GUARD if others can read it. */
export const keyInFile = (env: Env): Promise<Secret | undefined> => {
  const path = fingerprintKeyFile(env);
  return onKeyFile(path, () => readKey(path));
};

const makeKeyFile = (env: Env): Promise<Secret | undefined> => {
  const path = fingerprintKeyFile(env);
  return onKeyFile(path, async () => {
    const found = await readKey(path);
    if (found !== undefined) return found;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await createPrivateFile(path, `${reveal(newKey())}\n`);
    // Two runs may make it at once; both take the one that is there.
    return readKey(path);
  });
};

const onKeyFile = async <Result>(path: string, work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    const failure = diskFailure(error);
    if (failure === undefined) throw error;
    throw new LabError('MISSING_SOURCE', `the fingerprint key ${path} cannot be read or made: ${failure.reason}`, {
      next: `Make ${dirname(path)} a folder of yours, or set LAB_FINGERPRINT_KEY.`,
    });
  }
};

/** `$XDG_CONFIG_HOME/k8s-lab/fingerprint.key`, else below `~/.config`. */
export const fingerprintKeyFile = (env: Env): string => {
  const { XDG_CONFIG_HOME: configured = '', HOME: home = '' } = env;
  // Source: XDG Base Directory Specification, which has relative paths ignored.
  const folder = isAbsolute(configured) ? configured : join(home === '' ? homedir() : home, '.config');
  return join(folder, 'k8s-lab', 'fingerprint.key');
};

const readKey = async (path: string): Promise<Secret | undefined> => {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) {
      throw new LabError('GUARD', `the fingerprint key ${path} can be read by others`, { next: `chmod 600 ${path}` });
    }
    return secret((await readFile(path, 'utf8')).trim());
  } catch (error) {
    if (diskFailure(error)?.code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Base64 of at least 32 bytes, else text of at least 32 characters that counts as it is. */
export const parseKey = (text: Secret, from: string): FingerprintKey => {
  const key = reveal(text).trim();
  const decoded = /^[\w+/-]+={0,2}$/.test(key) ? Buffer.from(key, 'base64') : Buffer.alloc(0);
  if (decoded.length >= shortest) return keyOfBytes(decoded);
  if (key.length >= shortest) return keyOfBytes(Buffer.from(key));
  throw new LabError('GUARD', `the fingerprint key in ${from} is shorter than ${shortest} bytes`, {
    next: 'Make one with: openssl rand -base64 32',
  });
};
