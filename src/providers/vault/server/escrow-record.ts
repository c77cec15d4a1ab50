import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../engine/canonical.ts';
import { productOf } from '../product.ts';
import type { SealStatus } from './api.ts';
import type { EncryptedShare, EscrowRecord, GenerationEnd, SharesAnswer } from './escrow-entries.ts';
import type { Health } from './health.ts';
import type { Author } from './whose.ts';

/** What a Vault that is unsealed says of itself. */
export type VaultFacts = Pick<EscrowRecord, 'clusterId' | 'clusterName' | 'product' | 'version' | 'seal'>;

/** The same, from what it answered without a token. */
export const factsOf = (status: SealStatus, clusterId: string, health: Health): VaultFacts => ({
  clusterId,
  ...(status.cluster_name === undefined ? {} : { clusterName: status.cluster_name }),
  ...('body' in health ? { product: productOf(health.body) } : {}),
  version: status.version,
  seal: status.type,
});

/** The record of shares that count: whose each is, by the digest of its ciphertext, and when it was read back. */
export const recordOf = (
  answer: SharesAnswer,
  custodians: EscrowRecord['custodians'],
  { author, ...facts }: VaultFacts & { readonly author: Author },
): EscrowRecord => ({
  formatVersion: 1,
  ...facts,
  initialisedAt: answer.initialisedAt,
  ...(answer.by === undefined ? {} : { by: answer.by }),
  ...(answer.run === undefined ? {} : { run: answer.run }),
  ...(answer.threshold === undefined ? {} : { threshold: answer.threshold }),
  custodians,
  recorded: { at: new Date().toISOString(), ...author },
});

/** SHA-256 over an encrypted share: of no use to who looks for the share. */
export const digestOf = ({ message }: Pick<EncryptedShare, 'message'>): string => sha256(message);

/** Hex SHA-256 of what is no secret in clear. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** JSON with sorted keys and no spaces, as `jq -cS` has it. */
export const canonicalText = (entry: object): string => canonicalJson(JSON.parse(JSON.stringify(entry)));

/** Whether two ends tell of the same shares; when they were read back and by whom may differ. */
export const isSameEnd = (one: GenerationEnd, other: GenerationEnd): boolean => {
  if ('void' in one || 'void' in other) return 'void' in one && 'void' in other;
  return coreOf(one) === coreOf(other);
};

const coreOf = ({ clusterId, initialisedAt, custodians }: EscrowRecord): string =>
  JSON.stringify([clusterId, initialisedAt, custodians.map(({ name, digests }) => [name, digests])]);
