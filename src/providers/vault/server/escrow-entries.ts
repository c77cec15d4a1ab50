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
  /** ISO time. */
  initialisedAt: z.string(),
  shares: z.array(share.extend({ custodian: z.string() })),
  /** Encrypted to the first store custodian; absent once it is revoked. */
  rootToken: z.string(),
});

/** All that `sys/init` answered: ciphertext, and whose share each is. */
export type InitAnswer = z.output<typeof answer>;

const copies = z.object({ formatVersion: z.literal(1), shares: z.array(share).min(1) });

const record = z.object({
  formatVersion: z.literal(1),
  clusterId: z.string(),
  initialisedAt: z.string(),
  /** SHA-256 over each encrypted share, by who keeps it. */
  custodians: z.array(z.object({ name: z.string(), digests: z.array(z.string()) })),
});

/** What is known of the Vault whose shares are escrowed here. Holds no secret. */
export type EscrowRecord = z.output<typeof record>;

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

export const parseAnswer = parsed(answer, 'the answer of init');
export const parseCopies = parsed(copies, 'a copy of shares');
export const parseRecord = parsed(record, 'the record of an escrow');

/** An entry as it is kept. */
export const entryText = (entry: InitAnswer | EscrowRecord | z.output<typeof copies>): Secret =>
  secret(JSON.stringify(entry));
