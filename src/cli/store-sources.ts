import { parseAddress, providerOf } from '../engine/address.ts';
import type { Connection } from '../engine/provider.ts';
import type { KindFacts } from '../engine/resource.ts';
import type { SecretDesk } from '../engine/world.ts';
import { LabError, writtenAt } from '../errors.ts';
import type { Secret } from '../secrets/secret.ts';
import type { StoreSource } from '../secrets/source.ts';

/** What reading in a store takes. */
export interface Stores {
  readonly kinds: ReadonlyMap<string, KindFacts>;
  /** The connection to a provider, by its name. */
  readonly connect: (provider: string) => Promise<Connection>;
  /** Is told every value that is read. */
  readonly learn: (value: Secret) => void;
}

/** A desk that reads values in the manifest's stores, too. What lies in none of them is asked of the desk itself. */
export const deskOverStores = <Desk extends SecretDesk>(desk: Desk, stores: Stores): Desk => ({
  ...desk,
  resolve: async (sourced) => {
    const { source, at } = sourced;
    if (source.from !== 'store') return desk.resolve(sourced);
    try {
      const value = await readIn(source, stores);
      if (value === undefined) return await desk.resolve(sourced);
      stores.learn(value);
      return value;
    } catch (error) {
      throw error instanceof LabError ? writtenAt(error, at) : error;
    }
  },
});

const readIn = async ({ address, property }: StoreSource, { kinds, connect }: Stores): Promise<Secret | undefined> => {
  const { kind, parts } = parseAddress(address);
  const facts = kinds.get(kind);
  const { value } = (await connect(providerOf(kind))).kind(kind);
  if (facts === undefined || value === undefined) throw new TypeError(`no value is taken from a ${kind}`);
  return value(facts.identify(parts, {}), property);
};
