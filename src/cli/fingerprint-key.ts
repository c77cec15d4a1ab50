import { type ErrorCode, LabError, writtenAt } from '../errors.ts';
import type { Expanded, KeptFingerprints } from '../manifest/expanded.ts';
import type { FingerprintKey } from '../secrets/fingerprint.ts';
import {
  fingerprintKey,
  fingerprintKeyFile,
  givenKey,
  keyInFile,
  newKey,
  parseKey,
} from '../secrets/fingerprint-key.ts';
import type { FindKeyHome, Manner } from './ground.ts';
import type { Host } from './host.ts';

/** How the key is come by. */
export interface KeySearch {
  readonly manifest: Pick<Expanded, 'fingerprints'>;
  readonly host: Pick<Host, 'env' | 'report'>;
  readonly manner: Manner;
  readonly keyHome: FindKeyHome;
}

/** The key in use: LAB_FINGERPRINT_KEY, else the one where the manifest says. Who looks makes none; undefined if none can be had. */
export const fingerprintKeyFor = async (search: KeySearch): Promise<FingerprintKey | undefined> => {
  const { manifest, host, manner } = search;
  const { env } = host;
  const { fingerprints } = manifest;
  if (fingerprints.in === 'file') return fingerprintKey({ env, create: manner === 'writes' });
  const given = givenKey(env);
  if (given !== undefined) return given;
  switch (manner) {
    case 'looks':
      return keyToLookWith(search, fingerprints);
    case 'writes':
      return keyToWriteWith(search, fingerprints);
  }
};

const nameOf = (place: KeptFingerprints): string => {
  switch (place.in) {
    case 'secret':
      return `Secret ${place.namespace}/${place.name}`;
    case 'store':
      return `${place.key} of the store ${place.store}`;
  }
};

// The key file counts as long as none lies there: the first apply keeps that same key there.
const keyToLookWith = async (
  { host, keyHome }: KeySearch,
  place: KeptFingerprints,
): Promise<FingerprintKey | undefined> => {
  try {
    const kept = await (await keyHome(place)).read();
    if (kept !== undefined) return parseKey(kept, nameOf(place));
  } catch (error) {
    if (!(error instanceof LabError) || !isNoHindrance(error.code)) throw error;
    const message = `${error.message}; so the fingerprint key in ${nameOf(place)} is not known here, and secrets that were made with it are unverifiable`;
    host.report({ severity: 'warning', code: 'FINGERPRINT_KEY', message, at: place.at });
  }
  return fingerprintKey({ env: host.env, create: false });
};

// A place that is not there yet, or lets this run in but not at the key.
const isNoHindrance = (code: ErrorCode): boolean =>
  code === 'UNREACHABLE' || code === 'UNAUTHENTICATED' || code === 'DENIED' || code === 'REJECTED';

const keyToWriteWith = async ({ host, keyHome }: KeySearch, place: KeptFingerprints): Promise<FingerprintKey> => {
  try {
    const home = await keyHome(place);
    const found = await home.read();
    const mine = await keyInFile(host.env);
    const file = fingerprintKeyFile(host.env);
    // One that is too short goes nowhere.
    const own = mine && parseKey(mine, file);
    const key = parseKey(found ?? (await home.keep(mine ?? newKey())), nameOf(place));
    if (own !== undefined && own.id !== key.id) {
      const message = `the fingerprint key in ${file} is another one than in ${nameOf(place)}, which counts here`;
      host.report({ severity: 'warning', code: 'FINGERPRINT_KEY', message, at: place.at });
    }
    return key;
  } catch (error) {
    if (!(error instanceof LabError) || error.detail.at !== undefined) throw error;
    throw writtenAt(error, place.at);
  }
};
