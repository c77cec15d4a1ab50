import { z } from 'zod';
import { LabError } from '../../../errors.ts';
import { reveal, type Secret, secret } from '../../../secrets/secret.ts';

const share = z.object({
  /** 1 to n, as Vault handed them out. */
  number: z.int().min(1),
  /** Base64 of the PGP message. */
  message: z.string().min(1),
});

/** One share, encrypted to its custodian. */
export type EncryptedShare = z.output<typeof share>;

const answer = z.object({
  formatVersion: z.literal(1),
  /** ISO time at which Vault gave these shares out. */
  initialisedAt: z.string(),
  /** Whose run it was: `jane@laptop`. */
  by: z.string().optional(),
  threshold: z.int().optional(),
  shares: z.array(share.extend({ custodian: z.string() })),
  /** Of init: encrypted to the first store custodian. */
  rootToken: z.string().optional(),
  /** Of a rekey: what Vault knows it by until its shares are proven. */
  nonce: z.string().optional(),
});

/** All that `sys/init` or a rekey answered: ciphertext, and whose share each is. */
export type SharesAnswer = z.output<typeof answer>;

const copies = z.object({ formatVersion: z.literal(1), shares: z.array(share).min(1) });

interface Copies {
  readonly formatVersion: 1;
  readonly shares: readonly EncryptedShare[];
}

const record = z.object({
  formatVersion: z.literal(1),
  clusterId: z.string(),
  initialisedAt: z.string(),
  by: z.string().optional(),
  threshold: z.int().optional(),
  /** SHA-256 over each encrypted share, by who keeps it. */
  custodians: z.array(z.object({ name: z.string(), digests: z.array(z.string()) })),
});

/** What is known of shares that are escrowed here. Holds no secret. */
export type EscrowRecord = z.output<typeof record>;

const ageKey = z.object({
  formatVersion: z.literal(1),
  publicKey: z.object({ key: z.string(), fingerprint: z.string() }),
  /** Encrypted for the recipient, armored. */
  privateKey: z.string(),
});

/** A key pair whose private half only an identity of age opens. */
type AgeKey = z.output<typeof ageKey>;

const setAside = z.object({
  formatVersion: z.literal(1),
  /** Why shares that were given out never came to count. */
  void: z.string(),
});

/** The end of one generation of shares: they count, or never came to. */
export type GenerationEnd = EscrowRecord | z.output<typeof setAside>;

const parsed =
  <T>(shape: z.ZodType<T>, what: string) =>
  (text: Secret): T => {
    const result = shape.safeParse(json(reveal(text)));
    if (result.success) return result.data;
    throw new LabError('CONFLICT', `what lies where ${what} should is not that`, {
      next: 'Somebody else wrote there, or a newer lab did; nothing of it was touched.',
    });
  };

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export const parseAnswer = parsed(answer, 'the answer of init or of a rekey');
export const parseCopies = parsed(copies, 'a copy of shares');
export const parseAgeKey = parsed(ageKey, 'a key for an age file');
export const parseEnd = parsed(z.union([record, setAside]), 'the record of an escrow');

/** An entry as it is kept. */
export const entryText = (entry: SharesAnswer | GenerationEnd | Copies | AgeKey): Secret =>
  secret(JSON.stringify(entry));
