import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { reveal, type Secret } from './secret.ts';

/** The key of all fingerprints of one user or team. Node shows nothing of the bytes of a KeyObject. */
export interface FingerprintKey {
  /** The first 8 hex digits of the key's SHA-256: tells keys apart, says nothing about them. */
  readonly id: string;
  readonly key: KeyObject;
}

/** What a fingerprint stands for: a value means something only in its place. */
export interface FingerprintPlace {
  readonly installation: string;
  /** Kind and id. */
  readonly subject: string;
  readonly field: string;
}

/** A key of these bytes. */
export const keyOfBytes = (bytes: Buffer): FingerprintKey => ({
  id: createHash('sha256').update(bytes).digest('hex').slice(0, 8),
  key: createSecretKey(bytes),
});

/** `v1:keyId:HMAC-SHA-256` (base64url): tells whether a value is the same without telling the value. */
export const fingerprint = (key: FingerprintKey, place: FingerprintPlace, value: Secret): string => {
  const hmac = createHmac('sha256', key.key);
  for (const part of ['v1', place.installation, place.subject, place.field, reveal(value)]) {
    // Each part goes behind its length, so that no two different lists of parts give the same bytes.
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hmac.update(length).update(bytes);
  }
  return `v1:${key.id}:${hmac.digest('base64url')}`;
};

/** Whether a fingerprint was made with this key. */
export const isMadeWith = (key: FingerprintKey, text: string): boolean => text.startsWith(`v1:${key.id}:`);
