import { rm } from 'node:fs/promises';
import type { Trespass } from '../../../engine/ports.ts';
import type { Account } from '../../../engine/visitor.ts';
import { LabError } from '../../../errors.ts';
import { reveal, type Secret, secret } from '../../../secrets/secret.ts';
import { type AgeKeys, identityMissing } from './age-keys.ts';
import { keepAgeShares, refuseOtherFile } from './age-shares.ts';
import {
  type EncryptedShare,
  type EscrowRecord,
  entryText,
  type GenerationEnd,
  parseAnswer,
  parseCopies,
  parseEnd,
  type SharesAnswer,
} from './escrow-entries.ts';
import { fileOf, keepFile, readIfThere } from './escrow-files.ts';
import { digestOf, isSameEnd, sha256 } from './escrow-record.ts';
import { type Custodian, type InitConfig, type Person, type Place, peopleOf, storesOf } from './init-config.ts';
import { armor, decrypt, makeKeyPair, type PublicKey, parsePublicKey, publicHalf } from './pgp.ts';
import { otherThere, type Places } from './places.ts';

/** One store with the shares that it keeps, still encrypted, and what opens them. */
export interface Held {
  readonly custodian: Place;
  readonly shares: readonly EncryptedShare[];
  readonly keys: readonly Secret[];
}

/** One set of shares: those of init are the first, each rekey makes another beside it. Nothing of it is ever overwritten. */
export interface Generation {
  /** 1 for that of init. */
  readonly number: number;
  /** Whether a run got as far as making keys. */
  hasKeys(): Promise<boolean>;
  /** Each custodian's public key, in their order; a store without one gets a pair of its own, read back before it counts. */
  publicKeys(): Promise<readonly PublicKey[]>;
  /** What Vault answered, from the file or the first store; undefined if neither has it. */
  answer(): Promise<SharesAnswer | undefined>;
  /** Keeps it in both, durably, before anything else is done. */
  keepAnswer(answer: SharesAnswer): Promise<void>;
  /** Gives each custodian their shares and reads them back: what a record says of them. */
  distribute(answer: SharesAnswer): Promise<EscrowRecord['custodians']>;
  /** How it ended; undefined while it has not. */
  end(place: Place): Promise<GenerationEnd | undefined>;
  /**
   * Ends it, in every store; the first store last, as it is the one that is asked. Of two runs, or two tries, the end that
   * was kept first counts, and is answered.
   */
  keepEnd(end: GenerationEnd): Promise<GenerationEnd>;
  /** What a store keeps; of one that cannot be read, why. */
  held(place: Place): Promise<Held>;
  /** Digests of the encrypted shares that a store keeps; [] if it keeps none. */
  digests(place: Place): Promise<readonly string[]>;
  /** That of the file that a person has theirs in; undefined where it is not there (any more). */
  fileDigest(holder: Place | Person): Promise<string | undefined>;
  /** Whether lab can have the shares of a place in clear: not where that takes a person's identity. */
  isOpenable(place: Place): Promise<boolean>;
  /** What a service account of the cluster gets who asks a store for its shares. */
  trespass(place: Place, account: Account): Promise<Trespass>;
  /** The root token that the answer of init holds. */
  root(answer: SharesAnswer): Promise<Secret | undefined>;
  /** The answer goes: every share is with its custodian. */
  dropAnswer(): Promise<void>;
  /** The copies go that these stores and people keep. */
  dropShares(places: readonly Place[], people: readonly Person[]): Promise<void>;
  /** Which of them keep copies still. */
  keptBy(places: readonly Place[], people: readonly Person[]): Promise<readonly string[]>;
  /** Where a person's shares are written to. */
  personFile(person: Person): string;
}

/** The generation of a number; reads and writes nothing yet. */
export const generationOf = (number: number, config: InitConfig, places: Places, ageKeys: AgeKeys): Generation => {
  const nameOf = (entry: string): string => `${config.prefix}-${entry}${number === 1 ? '' : `-${number}`}`;
  const names = {
    key: nameOf('key'),
    shares: nameOf('shares'),
    /** Of an age file. */
    copy: nameOf('copy'),
    answer: nameOf('answer'),
    record: nameOf('record'),
  };
  const answerFile = fileOf(config.answerFile, number);
  const stores = storesOf(config);
  const [first] = stores;
  if (first === undefined) throw new LabError('BAD_MANIFEST', 'vault.init.custodians has no store');
  const personFile = (person: Person): string => fileOf(person.file, number);

  const halfOf = (place: Place, entry: Secret): PublicKey | Promise<PublicKey> =>
    place.keeper === 'age' ? ageKeys.publicHalf(entry) : publicHalf(entry);

  const keyOf = async (place: Place): Promise<PublicKey> => {
    const [known] = await places.read(place, names.key);
    if (known !== undefined) return halfOf(place, known);
    const owner = `${config.prefix} ${place.name}`;
    if (place.keeper === 'age') await refuseOtherFile(fileOf(place.place, number));
    const made =
      place.keeper === 'age' ? await ageKeys.make(place.recipient, owner) : (await makeKeyPair(owner)).privateKey;
    // Whoever came first counts: their key is the one that is there.
    return halfOf(place, await places.offer(place, names.key, made));
  };

  /** What opens the shares of a place. Throws MISSING_SOURCE where that takes an identity that is not at hand. */
  const privateKeysOf = async (place: Place): Promise<readonly Secret[]> => {
    const kept = await places.read(place, names.key);
    if (place.keeper !== 'age') return kept;
    const halves = await Promise.all(kept.map((entry) => ageKeys.privateHalf(entry)));
    const known = halves.filter((half) => half !== undefined);
    if (known.length < kept.length) throw identityMissing(place);
    return known;
  };

  const fileDigest = async (holder: Place | Person): Promise<string | undefined> => {
    const file = fileWith(holder, number);
    const text = file === undefined ? undefined : await readIfThere(file);
    return text === undefined ? undefined : sha256(reveal(text));
  };

  return {
    number,
    personFile,
    hasKeys: async () => (await places.read(first, names.key)).length > 0,
    publicKeys: async () => {
      const keys: PublicKey[] = [];
      for (const custodian of config.custodians) {
        keys.push(custodian.keeper === 'person' ? await personKey(custodian) : await keyOf(custodian));
      }
      return keys;
    },
    answer: async () => {
      const local = await readIfThere(answerFile);
      if (local !== undefined && number === 1) return parseAnswer(local);
      // Vault answers init once. In a rekey it may have answered two runs, of which the store has the first one's.
      const [kept = local] = await places.read(first, names.answer);
      return kept === undefined ? undefined : parseAnswer(kept);
    },
    keepAnswer: async (given) => {
      const text = entryText(given);
      // The file first: it is there within a millisecond. One of the two is enough for the next run to go on from, so the
      // store is tried even if the disk is full.
      const [file] = await Promise.allSettled([keepFile(answerFile, text)]);
      await places.keep(first, names.answer, text);
      if (file?.status === 'rejected') throw file.reason;
    },
    distribute: async (given) => {
      const kept = new Map<string, EscrowRecord['custodians'][number]>();
      const note = (custodian: Custodian, where: string, file: string | undefined): void => {
        const key = given.keys?.[custodian.name];
        kept.set(custodian.name, {
          name: custodian.name,
          digests: copiesFor(given, custodian).map(digestOf),
          where,
          ...(key === undefined ? {} : { key }),
          ...(file === undefined ? {} : { file }),
          readBackAt: new Date().toISOString(),
        });
      };
      for (const store of stores) {
        const copies = copiesFor(given, store);
        await places.keep(store, names.shares, entryText({ formatVersion: 1, shares: copies }));
        const [key] = store.keeper === 'age' ? await places.read(store, names.key) : [];
        if (store.keeper === 'age' && key !== undefined) {
          const file = fileOf(store.place, number);
          await keepAgeShares(store, { file, copies, name: names.copy, key, keys: ageKeys, places });
        }
        note(store, await places.describe(store), await fileDigest(store));
      }
      for (const person of peopleOf(config)) {
        await keepFile(personFile(person), await personText(copiesFor(given, person)));
        note(person, personFile(person), await fileDigest(person));
      }
      return config.custodians.flatMap(({ name }) => kept.get(name) ?? []);
    },
    end: async (place) => {
      const [kept] = await places.read(place, names.record);
      return kept === undefined ? undefined : parseEnd(kept);
    },
    keepEnd: async (end) => {
      const [last = first, ...rest] = stores.toReversed();
      const text = await places.offer(last, names.record, entryText(end));
      const kept = parseEnd(text);
      if (!isSameEnd(kept, end)) throw await otherThere(places, last, names.record);
      for (const store of rest) await places.keep(store, names.record, text);
      return kept;
    },
    held: async (place) => {
      const [keys, [kept]] = await Promise.all([privateKeysOf(place), places.read(place, names.shares)]);
      return { custodian: place, keys, shares: kept === undefined ? [] : parseCopies(kept).shares };
    },
    digests: async (place) => {
      const [kept] = await places.read(place, names.shares);
      return kept === undefined ? [] : parseCopies(kept).shares.map(digestOf);
    },
    fileDigest,
    isOpenable: async (place) => {
      if (place.keeper !== 'age') return true;
      const [entry] = await places.read(place, names.key);
      return entry !== undefined && (await ageKeys.privateHalf(entry)) !== undefined;
    },
    trespass: (place, account) => places.trespass(place, names.shares, account),
    root: async ({ rootToken }) => {
      if (rootToken === undefined) return undefined;
      const opened = await decrypt(rootToken, await privateKeysOf(first));
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
      await places.remove(first, names.answer);
      await rm(answerFile, { force: true });
    },
    dropShares: async (from, people) => {
      for (const place of from) {
        if (place.keeper === 'age') {
          await rm(fileOf(place.place, number), { force: true });
          await places.remove(place, names.copy);
        }
        await places.remove(place, names.shares);
      }
      for (const person of people) await rm(personFile(person), { force: true });
    },
    keptBy: async (from, people) => {
      const [kept, files] = await Promise.all([
        Promise.all(from.map(async (place) => (await places.read(place, names.shares)).length > 0)),
        Promise.all(people.map(async (person) => (await readIfThere(personFile(person))) !== undefined)),
      ]);
      return [...from.filter((_, index) => kept[index]), ...people.filter((_, index) => files[index])].map(
        ({ name }) => name,
      );
    },
  };
};

/** The file that a person carries away: of PGP messages, or encrypted for an identity of age. */
const fileWith = (holder: Place | Person, number: number): string | undefined => {
  switch (holder.keeper) {
    case 'person':
      return fileOf(holder.file, number);
    case 'age':
      return fileOf(holder.place, number);
    case 'kubernetes':
    case 'azure':
    case 'aws':
      return undefined;
  }
};

const copiesFor = (answer: SharesAnswer, custodian: Custodian): readonly EncryptedShare[] =>
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
