import type { Key } from 'openpgp';
import type { Content } from './content.ts';
import { newShares } from './content.ts';
import type { Plain } from './health.ts';
import { fingerprintsOf, parseKeys, sharesFor } from './pgp.ts';
import { done, type Result, refused } from './result.ts';
import { sealComplaint, shareIn, wrongShares } from './shares.ts';

/** New shares that are being handed out: kept in memory, as Vault does. */
export interface Rekeying {
  now: Rekey | undefined;
}

interface Rekey {
  readonly nonce: string;
  readonly shares: number;
  readonly threshold: number;
  readonly keys: readonly Key[];
  readonly verified: boolean;
  readonly given: Set<string>;
  /** Once answered, and as long as they are not proven. */
  fresh?: { nonce: string; readonly shares: readonly string[]; readonly given: Set<string> };
}

type Body = Readonly<Record<string, unknown>>;

const plain = (json: Plain['json']): Plain => ({ status: 200, json });

/** `GET sys/rekey/init` */
export const rekeyStatus = ({ seal }: Content, { now }: Rekeying): Plain =>
  plain({
    nonce: now?.nonce ?? '',
    started: now !== undefined,
    t: now?.threshold ?? 0,
    n: now?.shares ?? 0,
    progress: now?.given.size ?? 0,
    required: seal?.threshold ?? 0,
    pgp_fingerprints: now === undefined ? null : fingerprintsOf(now.keys),
    backup: false,
    verification_required: now?.verified ?? false,
    ...(now?.fresh === undefined ? {} : { verification_nonce: now.fresh.nonce }),
  });

/** `PUT sys/rekey/init` */
export const beginRekey = async (content: Content, rekeying: Rekeying, body: Body): Promise<Plain | Result> => {
  const [shares, threshold] = [Number(body['secret_shares'] ?? 0), Number(body['secret_threshold'] ?? 0)];
  const given = Array.isArray(body['pgp_keys']) ? body['pgp_keys'].map(String) : [];
  if (given.length > 0 && given.length !== shares) return refused(400, 'incorrect number of PGP keys for rekey');
  if (threshold > shares) return refused(400, 'provided threshold greater than the total shares');
  const keys = await parseKeys(given);
  const complaint = sealComplaint(shares, threshold) ?? (typeof keys === 'string' ? keys : undefined);
  if (complaint !== undefined || typeof keys === 'string') {
    return refused(500, `invalid rekey seal configuration: ${complaint}`);
  }
  if (rekeying.now !== undefined) return refused(400, 'rekey already in progress');
  const verified = body['require_verification'] === true;
  rekeying.now = { nonce: crypto.randomUUID(), shares, threshold, keys, verified, given: new Set() };
  return rekeyStatus(content, rekeying);
};

/** `DELETE sys/rekey/init` */
export const cancelRekey = (rekeying: Rekeying, body: Body): Result => {
  if (rekeying.now !== undefined && body['nonce'] !== rekeying.now.nonce) return refused(400, 'invalid request');
  rekeying.now = undefined;
  return done;
};

/** `PUT sys/rekey/update`: takes a share of now. */
export const updateRekey = async (content: Content, rekeying: Rekeying, body: Body): Promise<Plain | Result> => {
  const share = shareIn(body);
  if (typeof share !== 'string') return share;
  if (share.length < 32) return refused(400, 'key is shorter than minimum 16 bytes');
  const { now } = rekeying;
  if (now === undefined || content.seal === undefined) return refused(400, 'no barrier rekey in progress');
  if (now.fresh !== undefined) {
    const text = `rekey operation already finished; verification must be performed; nonce for the verification operation is "${now.fresh.nonce}"`;
    return refused(400, text);
  }
  if (body['nonce'] !== now.nonce) return otherNonce('rekey', now.nonce);
  if (now.given.has(share)) return refused(400, 'given key has already been provided during this generation operation');
  now.given.add(share);
  if (now.given.size < content.seal.threshold) return rekeyStatus(content, rekeying);
  const right = [...now.given].every((one) => content.seal?.shares.includes(one));
  now.given.clear();
  if (!right) return refused(500, `failed to read root key: ${wrongShares('')}`);
  const shares = newShares(now.shares);
  if (now.verified) now.fresh = { nonce: crypto.randomUUID(), shares, given: new Set() };
  else commit(content, rekeying, now, shares);
  return answerOf(now, await sharesFor(now.keys, shares));
};

const answerOf = (now: Rekey, encrypted: readonly Buffer[]): Plain =>
  plain({
    nonce: now.nonce,
    complete: true,
    keys: encrypted.map((bytes) => bytes.toString('hex')),
    keys_base64: encrypted.map((bytes) => bytes.toString('base64')),
    pgp_fingerprints: fingerprintsOf(now.keys),
    backup: false,
    verification_required: now.verified,
    ...(now.fresh === undefined ? {} : { verification_nonce: now.fresh.nonce }),
  });

const commit = (content: Content, rekeying: Rekeying, { threshold }: Rekey, shares: readonly string[]): void => {
  content.seal = { shares, threshold };
  rekeying.now = undefined;
};

/** `GET sys/rekey/verify` */
export const verifyStatus = ({ now }: Rekeying): Plain | Result => {
  if (now?.fresh === undefined) return refused(400, 'no rekey configuration found');
  const { nonce, given } = now.fresh;
  return plain({ nonce, started: true, t: now.threshold, n: now.shares, progress: given.size });
};

/** `PUT sys/rekey/verify`: takes a new share; the last that is needed makes them count. */
export const verifyRekey = (content: Content, rekeying: Rekeying, body: Body): Plain | Result => {
  const share = shareIn(body);
  if (typeof share !== 'string') return share;
  const { now } = rekeying;
  if (now?.fresh === undefined) return refused(400, 'no rekey in progress');
  const { fresh } = now;
  if (body['nonce'] !== fresh.nonce) return otherNonce('verify', fresh.nonce);
  if (fresh.given.has(share)) return refused(400, 'given key has already been provided during this verify operation');
  fresh.given.add(share);
  if (fresh.given.size < now.threshold) return verifyStatus(rekeying);
  const right = [...fresh.given].every((one) => fresh.shares.includes(one));
  const { nonce } = fresh;
  fresh.given.clear();
  if (!right) {
    fresh.nonce = crypto.randomUUID();
    return refused(400, 'rekey verification failed; incorrect key shares supplied');
  }
  commit(content, rekeying, now, fresh.shares);
  return plain({ nonce, complete: true });
};

const otherNonce = (operation: string, nonce: string): Result =>
  refused(400, `incorrect nonce supplied; nonce for this ${operation} operation is "${nonce}"`);
