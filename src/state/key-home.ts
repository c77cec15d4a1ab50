import type { Keeper } from '../engine/ports.ts';
import { LabError } from '../errors.ts';
import type { Secret } from '../secrets/secret.ts';

/** Where the key of the fingerprints lies that several machines share. */
export interface KeyHome {
  /** The text of the key; undefined if none lies there. Throws BAD_STATE for what is no key. */
  read(): Promise<Secret | undefined>;
  /** Keeps a key where none lies yet, in one call that never replaces anything, and answers the one that lies there then. */
  keep(key: Secret): Promise<Secret>;
}

/** The key as a secret of a store. Where two runs wrote one at once and the store keeps both, the older one counts. */
export const keyInStore = (keeper: Keeper, name: string): KeyHome => {
  const read = async (): Promise<Secret | undefined> => (await keeper.read(name))[0];
  return {
    read,
    keep: async (key) => {
      await keeper.create(name, key);
      const first = await read();
      if (first !== undefined) return first;
      const where = await keeper.describe();
      throw new LabError('STALE', `${where}: ${name} cannot be read although it was just written`, {
        next: 'Run it again.',
      });
    },
  };
};
