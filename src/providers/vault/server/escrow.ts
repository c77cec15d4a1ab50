import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import type { Keeper, Trespass } from '../../../engine/ports.ts';
import type { Account } from '../../../engine/visitor.ts';
import { LabError } from '../../../errors.ts';
import { createPrivateFile, makePrivateFolder } from '../../../secrets/private-file.ts';
import { reveal, type Secret, sameSecret, secret } from '../../../secrets/secret.ts';
import {
  type EncryptedShare,
  type EscrowRecord,
  entryText,
  type InitAnswer,
  parseAnswer,
  parseCopies,
  parseRecord,
} from './escrow-entries.ts';
import {
  type Custodian,
  type InitConfig,
  type Person,
  peopleOf,
  type StoreCustodian,
  storesOf,
} from './init-config.ts';
import { armor, decrypt, makeKeyPair, type PublicKey, parsePublicKey, publicHalf } from './pgp.ts';

/** One store custodian with the shares that it keeps, still encrypted, and what opens them. */
export interface Held {
  readonly custodian: StoreCustodian;
  readonly shares: readonly EncryptedShare[];
  readonly keys: readonly Secret[];
}

/** What is escrowed of one Vault. Nothing of it is ever overwritten. */
export interface Escrow {
  /** For people: where a store keeps its part, and as whom lab comes there. */
  whereIs(custodian: StoreCustodian): Promise<string>;
  /** What a service account of the cluster gets who asks a store for its shares. */
  trespass(custodian: StoreCustodian, account: Account): Promise<Trespass>;
  /** Whether a run got as far as making keys. */
  hasKeys(): Promise<boolean>;
  /** Each custodian's public key, in their order; a store without one gets a pair of its own, read back before it counts. */
  publicKeys(): Promise<readonly PublicKey[]>;
  /** The answer of init, from the file or the first store; undefined if neither has it. */
  answer(): Promise<InitAnswer | undefined>;
  /** Keeps it in both, durably, before anything else is done. */
  keepAnswer(answer: InitAnswer): Promise<void>;
  /** Gives each custodian their shares and reads them back. */
  distribute(answer: InitAnswer): Promise<void>;
  record(): Promise<EscrowRecord | undefined>;
  /** Ends the escrow: from now on it belongs to the cluster with this id. */
  complete(answer: InitAnswer, clusterId: string): Promise<void>;
  /** What a store custodian keeps; of those that cannot be read, why. */
  held(custodian: StoreCustodian): Promise<Held>;
  /** The root token that the answer holds. */
  root(answer: InitAnswer): Promise<Secret>;
  /** The answer goes, and the root token's copies with it: every share is with its custodian. */
  dropAnswer(): Promise<void>;
}

/** The escrow over the keepers that the configuration names; reads and writes nothing yet. */
export const openEscrow = (config: InitConfig, open: (custodian: StoreCustodian) => Promise<Keeper>): Escrow => {
  const keeperOf = async (custodian: StoreCustodian): Promise<Keeper> => naming(custodian, await open(custodian));
  const { prefix, answerFile } = config;
  const names = {
    key: `${prefix}-key`,
    shares: `${prefix}-shares`,
    answer: `${prefix}-answer`,
    record: `${prefix}-record`,
  };
  const stores = storesOf(config);
  const [first] = stores;
  if (first === undefined) throw new LabError('BAD_MANIFEST', 'vault.init.custodians has no store');

  const read = async (custodian: StoreCustodian, name: string) => (await keeperOf(custodian)).read(name);

  /** Writes and reads back; what is there already must say the same. */
  const keep = async (custodian: StoreCustodian, name: string, value: Secret): Promise<void> => {
    const keeper = await keeperOf(custodian);
    await keeper.create(name, value);
    const kept = await keeper.read(name);
    if (kept.some((one) => sameSecret(one, value))) return;
    throw new LabError('GUARD', `${custodian.name} holds another ${name} already, and an escrow is never overwritten`, {
      next: `Another Vault's escrow lies there (${await keeper.describe()}). Give this one another store, or move that one away by hand.`,
    });
  };

  const keyOf = async (custodian: StoreCustodian): Promise<PublicKey> => {
    const [known] = await read(custodian, names.key);
    if (known !== undefined) return publicHalf(known);
    const made = await makeKeyPair(`${prefix} ${custodian.name}`);
    const keeper = await keeperOf(custodian);
    await keeper.create(names.key, made.privateKey);
    // Whoever came first counts: their key is the one that is there.
    const [kept] = await keeper.read(names.key);
    if (kept !== undefined) return publicHalf(kept);
    throw new LabError('REJECTED', `${custodian.name} did not keep the escrow key that was written to it`);
  };

  const held = async (custodian: StoreCustodian): Promise<Held> => {
    const [keys, [kept]] = await Promise.all([read(custodian, names.key), read(custodian, names.shares)]);
    return { custodian, keys, shares: kept === undefined ? [] : parseCopies(kept).shares };
  };

  const answer = async (): Promise<InitAnswer | undefined> => {
    const local = await readIfThere(answerFile);
    const [kept] = local === undefined ? await read(first, names.answer) : [local];
    return kept === undefined ? undefined : parseAnswer(kept);
  };

  return {
    whereIs: async (custodian) => (await keeperOf(custodian)).describe(),
    trespass: async (custodian, account) => (await keeperOf(custodian)).trespass(names.shares, account),
    hasKeys: async () => (await read(first, names.key)).length > 0,
    publicKeys: async () => {
      const keys: PublicKey[] = [];
      for (const custodian of config.custodians) {
        keys.push(custodian.keeper === 'person' ? await personKey(custodian) : await keyOf(custodian));
      }
      return keys;
    },
    answer,
    keepAnswer: async (given) => {
      const text = entryText(given);
      // The file first: it is there within a millisecond. One of the two is enough for the next run to go on from, so the
      // store is tried even if the disk is full.
      const [file] = await Promise.allSettled([keepFile(answerFile, text)]);
      await keep(first, names.answer, text);
      if (file?.status === 'rejected') throw file.reason;
    },
    distribute: async (given) => {
      for (const custodian of stores) {
        await keep(custodian, names.shares, entryText({ formatVersion: 1, shares: [...copiesFor(given, custodian)] }));
      }
      for (const person of peopleOf(config)) await keepFile(person.file, await personText(copiesFor(given, person)));
    },
    record: async () => {
      const [kept] = await read(first, names.record);
      return kept === undefined ? undefined : parseRecord(kept);
    },
    complete: async (given, clusterId) => {
      const custodians = config.custodians.map((custodian) => ({
        name: custodian.name,
        digests: copiesFor(given, custodian).map(({ message }) => createHash('sha256').update(message).digest('hex')),
      }));
      const entry = { formatVersion: 1, clusterId, initialisedAt: given.initialisedAt, custodians } as const;
      // The first store last: it is the one that is asked whether the escrow is complete.
      for (const custodian of stores.toReversed()) await keep(custodian, names.record, entryText(entry));
    },
    held,
    root: async (given) => {
      const opened = await decrypt(given.rootToken, await read(first, names.key));
      if (opened === undefined) {
        throw new LabError('GUARD', `the key in ${first.name} does not open the root token that init answered`, {
          next: 'Another key lies there now than the one that init was given; put the old one back.',
        });
      }
      const token = secret(opened.toString('utf8'));
      opened.fill(0);
      return token;
    },
    dropAnswer: async () => {
      await (await keeperOf(first)).remove(names.answer);
      await rm(answerFile, { force: true });
    },
  };
};

/** The same keeper, whose failures say which custodian it is. */
const naming = ({ name: custodian }: StoreCustodian, keeper: Keeper): Keeper => {
  const named = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      throw new LabError(error.code, `the escrow in ${custodian}: ${error.message}`, error.detail);
    }
  };
  return {
    describe: () => keeper.describe(),
    read: (name) => named(keeper.read(name)),
    create: (name, value) => named(keeper.create(name, value)),
    remove: (name) => named(keeper.remove(name)),
    trespass: (name, account) => named(keeper.trespass(name, account)),
  };
};

const copiesFor = (answer: InitAnswer, custodian: Custodian): readonly EncryptedShare[] =>
  answer.shares.flatMap(({ custodian: name, ...share }) => (name === custodian.name ? [share] : []));

const personKey = async ({ key }: Person): Promise<PublicKey> => {
  const armored = await readIfThere(key);
  if (armored !== undefined) return parsePublicKey(reveal(armored), key);
  throw new LabError('MISSING_SOURCE', `${key} is not there: the public PGP key of a custodian`);
};

const personText = async (shares: readonly EncryptedShare[]): Promise<Secret> => {
  const texts = await Promise.all(
    shares.map(async ({ number, message }) => `Share ${number}\n\n${await armor(message)}`),
  );
  return secret(texts.join('\n'));
};

const readIfThere = async (file: string): Promise<Secret | undefined> => {
  try {
    return secret(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new LabError('MISSING_SOURCE', `${file} cannot be read`);
  }
};

/** A durable file of its own; what is there already must say the same. */
const keepFile = async (file: string, text: Secret): Promise<void> => {
  await makePrivateFolder(file);
  if (await createPrivateFile(file, reveal(text))) return;
  const there = await readIfThere(file);
  if (there !== undefined && sameSecret(there, text)) return;
  throw new LabError('GUARD', `${file} is there already and says something else, and an escrow is never overwritten`, {
    next: 'Move it away by hand if it belongs to a Vault that is gone.',
  });
};
