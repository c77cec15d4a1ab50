import { LabError } from '../../../errors.ts';
import type { EscrowRecord } from './escrow-entries.ts';
import type { Generation, Held } from './generation.ts';
import { type InitConfig, type Person, type Place, peopleOf, storesOf } from './init-config.ts';
import type { Enough, Given } from './rekey-api.ts';
import { type Remark, sharesOf } from './unseal.ts';

/** One who keeps shares, and how many. */
type Holding<One> = One & { readonly shares: number };

/** Who keeps the shares of a generation, as far as the manifest still says where they are. */
export interface Holders {
  readonly stores: readonly Holding<Place>[];
  readonly people: readonly Holding<Person>[];
  /** Names that the manifest does not have any more, or has for nobody whom lab can read. */
  readonly gone: readonly string[];
}

/** The custodians of the manifest. */
export const holdersAsked = (config: InitConfig): Holders => ({
  stores: storesOf(config),
  people: peopleOf(config),
  gone: [],
});

/** The custodians that a record names, present ones and those who left. */
export const holdersOf = ({ custodians }: EscrowRecord, config: InitConfig): Holders => {
  const named = <One extends { readonly name: string }>(all: readonly One[]): Holding<One>[] =>
    all.flatMap((one) => {
      const found = custodians.find(({ name }) => name === one.name);
      return found === undefined ? [] : [{ ...one, shares: found.digests.length }];
    });
  const stores = named([...storesOf(config), ...config.former]);
  const people = named(peopleOf(config));
  const known = [...stores, ...people].map(({ name }) => name);
  return { stores, people, gone: custodians.map(({ name }) => name).filter((name) => !known.includes(name)) };
};

/** What stores keep of a generation; one that cannot be read now is remarked, and gone on without. */
export const heldIn = async (
  generation: Generation,
  places: readonly Place[],
  remark: Remark,
): Promise<readonly Held[]> => {
  const all: Held[] = [];
  for (const place of places) {
    const held = await heldOrRemarked(generation, place, remark);
    if (held !== undefined) all.push(held);
  }
  return all;
};

/** What one store keeps; undefined, and remarked, if it cannot be read now. */
export const heldOrRemarked = async (
  generation: Generation,
  place: Place,
  remark: Remark,
): Promise<Held | undefined> => {
  try {
    return await generation.held(place);
  } catch (error) {
    if (!(error instanceof LabError) || error.code === 'CANCELLED') throw error;
    remark(`${place.name} cannot be read, going on without it: ${error.message}`);
    return undefined;
  }
};

/** Hands out what the stores keep, share by share, until something comes of it; undefined if nothing does. */
export const handOut = async <T>(
  held: readonly Held[],
  give: (share: Buffer) => Promise<T | undefined>,
): Promise<T | undefined> => {
  for (const one of held) {
    const shares = await sharesOf(one);
    try {
      for (const share of shares) {
        const outcome = await give(share);
        if (outcome !== undefined) return outcome;
      }
    } finally {
      for (const share of shares) share.fill(0);
    }
  }
  return undefined;
};

/** Gives Vault what the stores keep, until that is enough, or shows that it is wrong; undefined if it is too little. */
export const giveHeld = (held: readonly Held[], give: (share: Buffer) => Promise<Given>): Promise<Enough | undefined> =>
  handOut(held, async (share) => {
    const given = await give(share);
    return given.is === 'complete' || given.is === 'wrong' ? given : undefined;
  });

/** How many shares these are. */
export const countOf = (held: readonly Held[]): number => held.reduce((sum, { shares }) => sum + shares.length, 0);
