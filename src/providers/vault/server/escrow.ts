import type { Keeper, Trespass } from '../../../engine/ports.ts';
import type { Account } from '../../../engine/visitor.ts';
import { type ErrorCode, LabError } from '../../../errors.ts';
import type { AgeKeys } from './age-keys.ts';
import type { EscrowRecord, RootEnd } from './escrow-entries.ts';
import { type Generation, generationOf } from './generation.ts';
import { type Holders, holdersAsked, holdersOf } from './holders.ts';
import { type InitConfig, type Place, storesOf } from './init-config.ts';
import { openPlaces, type Places } from './places.ts';
import { keepRootEnd, rootEndAt } from './root-end.ts';
import type { Turn } from './unseal.ts';

/** Shares that came to count, and their record. */
export interface Counted {
  readonly generation: Generation;
  readonly record: EscrowRecord;
}

/** How far the escrow of one Vault has come. */
export interface Chain {
  /** Shares that others have taken the place of, the oldest first. */
  readonly past: readonly Counted[];
  /** The shares that count; those of init as long as nothing is recorded. */
  readonly current: Generation;
  /** Absent until every share of init is with its custodian. */
  readonly record: EscrowRecord | undefined;
  /** What the next rekey makes, or one that was cut off has begun. */
  readonly next: Generation;
}

/** The same, once the shares of init are with their custodians. */
export type RecordedChain = Chain & { readonly record: EscrowRecord };

/** Shares that may open the Vault, and who keeps them. */
export interface Candidate {
  readonly of: Turn;
  readonly generation: Generation;
  readonly holders: Holders;
}

/** What is escrowed of one Vault: generations of shares, of which the newest that came to count is the one that opens it. */
export interface Escrow {
  readonly places: Places;
  /** For people: where a store keeps its part, and as whom lab comes there. */
  whereIs(place: Place): Promise<string>;
  /** What a service account of the cluster gets who asks a store for the shares that count. */
  trespass(place: Place, account: Account): Promise<Trespass>;
  /** That of init. */
  readonly first: Generation;
  /** The one after another. */
  after(generation: Generation): Generation;
  chain(): Promise<Chain>;
  /** What may open the Vault, the likeliest first; a store that cannot be read now is passed over. */
  candidates(): Promise<readonly Candidate[]>;
  /** Gives stores that are new the records of the generations up to this one. */
  handOn(until: Generation): Promise<void>;
  /** How the root token of init ended; undefined if nothing of it is kept. */
  rootEnd(): Promise<RootEnd | undefined>;
  keepRootEnd(end: RootEnd): Promise<void>;
}

/** The escrow over the keepers that the configuration names; reads and writes nothing yet. */
export const openEscrow = (config: InitConfig, open: (place: Place) => Promise<Keeper>, ageKeys: AgeKeys): Escrow => {
  const places = openPlaces(open);
  const generation = (number: number): Generation => generationOf(number, config, places, ageKeys);
  const stores = storesOf(config);
  const [first] = stores;
  if (first === undefined) throw new LabError('BAD_MANIFEST', 'vault.init.custodians has no store');
  const known: readonly Place[] = [...stores, ...config.former];

  const chain = async (): Promise<Chain> => {
    for (const place of known) {
      const found = await chainAt(place, generation);
      if (found !== undefined) return found;
    }
    return { past: [], current: generation(1), record: undefined, next: generation(2) };
  };

  const rootEnd = async (): Promise<RootEnd | undefined> => {
    for (const place of known) {
      const found = await rootEndAt(config, places, place);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  return {
    places,
    rootEnd,
    keepRootEnd: (end) => keepRootEnd(config, places, end),
    whereIs: (place) => places.describe(place),
    trespass: async (place, account) => (await chain()).current.trespass(place, account),
    first: generation(1),
    after: ({ number }) => generation(number + 1),
    chain,
    candidates: async () => {
      for (const place of known) {
        const found = await whereReadable(() => chainAt(place, generation));
        if (found === undefined) continue;
        const { current, record, next, past } = found;
        const begun = await whereReadable(async () => (await next.keptBy([first], [])).length > 0);
        return [
          { of: 'now', generation: current, holders: holdersOf(record, config) },
          ...(begun === true ? [{ of: 'begun', generation: next, holders: holdersAsked(config) } as const] : []),
          ...past.toReversed().map((one) => before(one, config)),
        ];
      }
      return [{ of: 'now', generation: generation(1), holders: holdersAsked(config) }];
    },
    handOn: async (until) => {
      const source = await sourceOf(known, until);
      for (let number = 1; number <= until.number; number += 1) {
        const end = await generation(number).end(source);
        if (end !== undefined) await generation(number).keepEnd(end);
      }
      const root = await rootEnd();
      if (root !== undefined) await keepRootEnd(config, places, root);
    },
  };
};

/** Shares that counted before, with who kept them. */
export const before = ({ generation, record }: Counted, config: InitConfig): Candidate => ({
  of: 'before',
  generation,
  holders: holdersOf(record, config),
});

const chainAt = async (
  place: Place,
  generation: (number: number) => Generation,
): Promise<RecordedChain | undefined> => {
  const counted: Counted[] = [];
  for (let number = 1; ; number += 1) {
    const one = generation(number);
    const end = await one.end(place);
    if (end !== undefined) {
      if ('clusterId' in end) counted.push({ generation: one, record: end });
      continue;
    }
    const last = counted.at(-1);
    if (last === undefined) return undefined;
    return { past: counted.slice(0, -1), current: last.generation, record: last.record, next: one };
  }
};

const sourceOf = async (known: readonly Place[], generation: Generation): Promise<Place> => {
  for (const place of known) if ((await generation.end(place)) !== undefined) return place;
  throw new TypeError('a generation that counts is recorded somewhere');
};

const notNow: readonly ErrorCode[] = ['DENIED', 'UNREACHABLE', 'UNAUTHENTICATED', 'CONFLICT'];

const whereReadable = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof LabError && notNow.includes(error.code)) return undefined;
    throw error;
  }
};
