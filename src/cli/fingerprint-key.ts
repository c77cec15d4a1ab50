import type { OwnObjects } from '../engine/ports.ts';
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
import { describeKeyPlace, keepKey, readKeptKey } from '../state/cluster/kept-key.ts';
import type { Manner } from './ground.ts';
import type { Host } from './host.ts';

/** How the key is come by. */
export interface KeySearch {
  readonly manifest: Pick<Expanded, 'fingerprints'>;
  readonly host: Pick<Host, 'env' | 'report'>;
  readonly manner: Manner;
  readonly ownObjects: () => Promise<OwnObjects>;
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

// The key file counts as long as there is no Secret: the first apply keeps that same key there.
const keyToLookWith = async (
  { host, ownObjects }: KeySearch,
  place: KeptFingerprints,
): Promise<FingerprintKey | undefined> => {
  try {
    const kept = await readKeptKey(await ownObjects(), place);
    if (kept !== undefined) return parseKept(kept, place);
  } catch (error) {
    if (!(error instanceof LabError) || !isNoHindrance(error.code)) throw error;
    const message = `${error.message}; so the fingerprint key in ${describeKeyPlace(place)} is not known here, and secrets that were made with it are unverifiable`;
    host.report({ severity: 'warning', code: 'FINGERPRINT_KEY', message, at: place.at });
  }
  return fingerprintKey({ env: host.env, create: false });
};

// A cluster that is not there yet, or lets this run in but not at the key.
const isNoHindrance = (code: ErrorCode): boolean =>
  code === 'UNREACHABLE' || code === 'UNAUTHENTICATED' || code === 'DENIED' || code === 'REJECTED';

const keyToWriteWith = async ({ host, ownObjects }: KeySearch, place: KeptFingerprints): Promise<FingerprintKey> => {
  try {
    const objects = await ownObjects();
    const found = await readKeptKey(objects, place);
    const mine = await keyInFile(host.env);
    const file = fingerprintKeyFile(host.env);
    // One that is too short goes nowhere.
    const own = mine && parseKey(mine, file);
    const kept = found ?? (await keepKey(objects, place, mine ?? newKey()));
    const key = parseKept(kept, place);
    if (own !== undefined && own.id !== key.id) {
      const message = `the fingerprint key in ${file} is another one than in ${describeKeyPlace(place)}, which counts here`;
      host.report({ severity: 'warning', code: 'FINGERPRINT_KEY', message, at: place.at });
    }
    return key;
  } catch (error) {
    if (!(error instanceof LabError) || error.detail.at !== undefined) throw error;
    throw writtenAt(error, place.at);
  }
};

const parseKept = (kept: Parameters<typeof parseKey>[0], place: KeptFingerprints): FingerprintKey =>
  parseKey(kept, describeKeyPlace(place));
