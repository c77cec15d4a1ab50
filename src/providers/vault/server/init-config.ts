import { z } from 'zod';

const place = z.strictObject({
  keeper: z.enum(['kubernetes', 'azure', 'aws']),
  /** A namespace, a key vault, a region. */
  place: z.string().min(1),
  name: z.string().min(1),
});

const custodian = z.discriminatedUnion('keeper', [
  place.extend({
    shares: z.int().min(1),
    /** Service accounts that External Secrets logs in as there: none of them may read it. */
    strangers: z.array(z.strictObject({ namespace: z.string(), name: z.string() })).optional(),
  }),
  z.strictObject({
    keeper: z.literal('age'),
    /** A file, as an absolute path: where the shares go, encrypted for the recipient, with the entries of the escrow beside it. */
    place: z.string().min(1),
    name: z.string().min(1),
    recipient: z.string().min(1),
    shares: z.int().min(1),
  }),
  z.strictObject({
    keeper: z.literal('person'),
    name: z.string().min(1),
    /** Files, as absolute paths: the public PGP key, and where the encrypted shares go. */
    key: z.string().min(1),
    file: z.string().min(1),
    shares: z.int().min(1),
  }),
]);

/** How lab initialises this Vault, and who keeps what comes of it. */
export const initConfig = z.strictObject({
  /** The address that names this Vault, whatever way lab takes to it. */
  address: z.string(),
  seal: z.enum(['shamir', 'auto']),
  shares: z.int().min(1).max(255),
  threshold: z.int().min(1).max(255),
  rootToken: z.enum(['revoke', 'keep']),
  /** People type the shares that stores do not keep. */
  prompt: z.boolean().optional(),
  /** What the names of all that is escrowed begin with. */
  prefix: z.string().min(1),
  /** Where the encrypted answer of init lies until all of it is with its custodians. */
  answerFile: z.string().min(1),
  custodians: z.array(custodian).min(1),
  /** Stores that keep secrets and none of this Vault's shares any more: custodians who left, until a rekey. */
  former: z.array(place).default([]),
});

/** The connection's part `init`. */
export type InitConfig = z.output<typeof initConfig>;

/** Where entries of the escrow lie: a store, or files beside one that is encrypted for an age recipient. */
export type Place = z.output<typeof place> | Omit<AgeCustodian, 'shares'>;

/** One who keeps shares. */
export type Custodian = InitConfig['custodians'][number];

/** One whose place is a file, and whose shares only their identity opens. */
export type AgeCustodian = Extract<Custodian, { readonly keeper: 'age' }>;

/** One who keeps shares in a place that lab reads. */
export type StoreCustodian = Exclude<Custodian, { readonly keeper: 'person' }>;

/** One who decrypts shares with a key of their own. */
export type Person = Extract<Custodian, { readonly keeper: 'person' }>;

/** Those whose entries lab can read: what is made once lies in the first of them, which is a store where there is one. */
export const storesOf = ({ custodians }: InitConfig): readonly StoreCustodian[] => {
  const all = custodians.filter((one) => one.keeper !== 'person');
  return [...all.filter(({ keeper }) => keeper !== 'age'), ...all.filter(({ keeper }) => keeper === 'age')];
};

/** Those whose shares it cannot. */
export const peopleOf = ({ custodians }: InitConfig): readonly Person[] =>
  custodians.filter((one) => one.keeper === 'person');
