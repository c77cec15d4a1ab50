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
  /** In CI: where that run's log is. */
  run: z.string().optional(),
  threshold: z.int().optional(),
  /** Fingerprints of the PGP keys that they are encrypted to, by custodian. */
  keys: z.record(z.string(), z.string()).optional(),
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
  clusterName: z.string().optional(),
  product: z.enum(['vault', 'openbao']).optional(),
  version: z.string().optional(),
  /** `shamir`, or the name of what unseals it; the shares are those of its recovery key then. */
  seal: z.string().optional(),
  initialisedAt: z.string(),
  by: z.string().optional(),
  run: z.string().optional(),
  threshold: z.int().optional(),
  custodians: z.array(
    z.object({
      name: z.string(),
      /** SHA-256 over each encrypted share that they keep. */
      digests: z.array(z.string()),
      /** The place, and as whom lab came there. */
      where: z.string().optional(),
      /** Fingerprint of the PGP key that these are encrypted to. */
      key: z.string().optional(),
      /** SHA-256 over the file that was written for a person. */
      file: z.string().optional(),
      /** When it was read back, and was what had been written. */
      readBackAt: z.string().optional(),
    }),
  ),
  /** Who saw all of it with its custodians. */
  recorded: z.object({ at: z.string(), by: z.string(), run: z.string().optional() }).optional(),
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
  recorded: z.object({ at: z.string(), by: z.string(), run: z.string().optional() }).optional(),
});

/** The end of one generation of shares: they count, or never came to. */
export type GenerationEnd = EscrowRecord | z.output<typeof setAside>;

const rootEnd = z.object({
  formatVersion: z.literal(1),
  /** `dead`: Vault knew it no longer when lab came to revoke it. */
  found: z.enum(['alive', 'dead']),
  /** What Vault called it in its audit log. */
  accessor: z.string().optional(),
  /** When Vault was seen not to know it any more. */
  provenAt: z.string(),
  by: z.string(),
  run: z.string().optional(),
});

/** The end of the root token that init answered. */
export type RootEnd = z.output<typeof rootEnd>;

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

export const parseRootEnd = parsed(rootEnd, 'the record of the end of a root token');

/** An entry as it is kept. */
export const entryText = (entry: SharesAnswer | GenerationEnd | Copies | AgeKey | RootEnd): Secret =>
  secret(JSON.stringify(entry));
