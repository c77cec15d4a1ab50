import { LabError } from '../../../errors.ts';
import type { Bootstrap } from './bootstrap.ts';
import type { EscrowRecord } from './escrow-entries.ts';
import { canonicalText, sha256 } from './escrow-record.ts';
import type { Generation } from './generation.ts';
import { type Place, storesOf } from './init-config.ts';
import { type Ended, lookAtCopies, lookAtStores, type StoreSays } from './record-look.ts';
import { rootEndAt } from './root-end.ts';

/** Who has been given what of a Vault, and how its root token ended, as the escrow has it on record. Asks Vault nothing. */
export const readRecord = async (bootstrap: Bootstrap) => {
  const { config, escrow, author } = bootstrap;
  const says = await Promise.all([...storesOf(config), ...config.former].map((place) => storeSays(bootstrap, place)));
  const source = says.find(hasRecord);
  if (source === undefined) throw says.find(isUnread)?.because ?? noRecord(bootstrap);
  const counted = source.ends.filter(({ end }) => 'clusterId' in end);
  const current = counted.at(-1)?.generation.number ?? 0;
  const record = {
    address: config.address,
    escrow: config.prefix,
    root: await rootOf(bootstrap, says),
    generations: source.ends.map((one) => generationFacts(one, current)),
  };
  const last = source.ends.at(-1)?.generation ?? escrow.first;
  return {
    record,
    sha256: sha256(canonicalText(record)),
    looked: {
      at: new Date().toISOString(),
      ...author,
      stores: lookAtStores(says, source.ends, current),
      copies: await lookAtCopies(source.ends, config),
      ...((await isBegun(escrow.after(last))) ? { unfinished: last.number + 1 } : {}),
    },
  };
};

const storeSays = async ({ config, escrow }: Bootstrap, place: Place): Promise<StoreSays> => {
  try {
    const ends: Ended[] = [];
    for (let generation = escrow.first; ; generation = escrow.after(generation)) {
      const end = await generation.end(place);
      if (end === undefined) break;
      ends.push({ generation, end });
    }
    return { place, is: 'read', ends, root: await rootEndAt(config, escrow.places, place) };
  } catch (error) {
    if (!(error instanceof LabError) || error.code === 'CANCELLED') throw error;
    return { place, is: 'unread', because: error };
  }
};

type Read = Extract<StoreSays, { is: 'read' }>;

const hasRecord = (says: StoreSays): says is Read =>
  says.is === 'read' && says.ends.some(({ end }) => 'clusterId' in end);

const isUnread = (says: StoreSays): says is Extract<StoreSays, { is: 'unread' }> => says.is === 'unread';

/** A root token that is alive lies encrypted in the answer of init. */
const rootOf = async ({ escrow, config }: Bootstrap, says: readonly StoreSays[]) => {
  const end = says.flatMap((one) => (one.is === 'read' ? (one.root ?? []) : []))[0];
  if (end !== undefined) {
    const { formatVersion: _, ...facts } = end;
    return { is: 'revoked', ...facts } as const;
  }
  const answer = await unlessUnreadable(escrow.first.answer());
  if (answer?.rootToken !== undefined) return { is: 'alive', manifest: config.rootToken } as const;
  return { is: 'not recorded' } as const;
};

const generationFacts = ({ generation: { number }, end }: Ended, current: number) => {
  const of = number === 1 ? 'init' : 'rekey';
  if ('void' in end) {
    const { void: because, recorded } = end;
    return { number, of, is: 'never counted', because, ...(recorded === undefined ? {} : { recorded }) } as const;
  }
  const { formatVersion: _, initialisedAt: givenOutAt, ...facts } = end;
  const is = number === current ? 'counts' : 'counted before';
  return { number, of, is, givenOutAt, shares: countOf(end), ...facts } as const;
};

const countOf = ({ custodians }: EscrowRecord): number =>
  custodians.reduce((sum, { digests }) => sum + digests.length, 0);

/** A rekey that was cut off has keys, and no end. */
const isBegun = async (next: Generation): Promise<boolean> => (await unlessUnreadable(next.hasKeys())) === true;

const unlessUnreadable = async <T>(reading: Promise<T>): Promise<T | undefined> => {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof LabError && error.code !== 'CANCELLED') return undefined;
    throw error;
  }
};

const noRecord = ({ config }: Bootstrap): LabError =>
  new LabError('GUARD', `nothing is on record of the Vault at ${config.address} yet`, {
    next: 'lab apply leaves a record in every store of the escrow, once all shares are with their custodians.',
  });
