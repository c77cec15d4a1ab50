import { z } from 'zod';
import { plain } from '../text.ts';
import { labName } from './names.ts';
import { fileName } from './source.ts';

const shares = () => z.int().min(1).max(255);

const custodian = z.union(
  [
    z.strictObject({
      store: labName().describe('A store of `expose: none`: it keeps a key of its own and its shares, encrypted to it'),
      shares: shares(),
    }),
    z.strictObject({
      ageFile: fileName().describe('Where the shares are written to, once, encrypted for the recipient'),
      recipient: z
        .string()
        .regex(/^age1[02-9ac-hj-np-z]{58}$/, 'must be a public key of age-keygen, age1…')
        .describe('Who alone opens them, by an identity that lab finds with LAB_AGE_IDENTITY=FILE'),
      shares: shares(),
    }),
    z.strictObject({
      pgp: fileName().describe("A person's public PGP key, in a file of the manifest's folder"),
      file: fileName().describe('Where the shares for that key are written to, once'),
      shares: shares(),
    }),
  ],
  'must be {store, shares}, {pgp, file, shares} or {ageFile, recipient, shares}',
);

/** How an empty Vault is initialised, who keeps the shares, and what becomes of the root token. Absent: lab never initialises it. */
export const vaultInit = z
  .strictObject({
    seal: z
      .enum(['shamir', 'auto'])
      .default('shamir')
      .describe('auto: Vault unseals itself; shares are recovery shares'),
    shares: shares().default(5),
    threshold: shares().default(3).describe('Shares that it takes to unseal'),
    custodians: z
      .array(custodian)
      .min(1)
      .describe('Who keeps how many; the first store keeps the root token until it is revoked'),
    rootToken: z.enum(['revoke', 'keep']).default('revoke').describe('revoke: once login.apply was really used'),
    unseal: z
      .enum(['lab', 'prompt', 'none'])
      .default('lab')
      .describe('prompt: people type the shares that stores do not keep; none: apply leaves a sealed Vault to them'),
  })
  .refine(({ threshold, shares: all }) => threshold <= all, {
    path: ['threshold'],
    message: 'is more than there are shares',
  })
  .refine(({ threshold, shares: all }) => all === 1 || threshold > 1, {
    path: ['threshold'],
    message: 'must be at least 2 where there are several shares',
  });

/** One who keeps shares, as the manifest has them. */
export type VaultCustodian = z.output<typeof custodian>;

/** What a custodian is called everywhere. */
export const custodianName = (one: VaultCustodian): string => {
  if ('store' in one) return one.store;
  return plain('pgp' in one ? one.pgp : one.ageFile);
};

/** Section `vault.init`. */
export type VaultInit = z.output<typeof vaultInit>;
