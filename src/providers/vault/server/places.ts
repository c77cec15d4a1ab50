import type { Keeper, Trespass } from '../../../engine/ports.ts';
import type { Account } from '../../../engine/visitor.ts';
import { LabError } from '../../../errors.ts';
import { type Secret, sameSecret } from '../../../secrets/secret.ts';
import type { Place } from './init-config.ts';

/** The stores that an escrow is spread over, each reached by its keeper. Their failures say which custodian it is. */
export interface Places {
  /** For people: where it is, and as whom lab comes there. */
  describe(place: Place): Promise<string>;
  read(place: Place, name: string): Promise<readonly Secret[]>;
  /** Writes a value that others may have written first: whichever is there then is the one that counts. */
  offer(place: Place, name: string, value: Secret): Promise<Secret>;
  /** Writes and reads back; what is there already must say the same. */
  keep(place: Place, name: string, value: Secret): Promise<void>;
  remove(place: Place, name: string): Promise<void>;
  /** What a service account of the cluster gets who asks for a value. */
  trespass(place: Place, name: string, account: Account): Promise<Trespass>;
}

/** What is there already does not say what was to be kept there. */
export const otherThere = async (
  { describe }: Pick<Places, 'describe'>,
  place: Place,
  name: string,
): Promise<LabError> =>
  new LabError('GUARD', `${place.name} holds another ${name} already, and an escrow is never overwritten`, {
    next: `Another Vault's escrow lies there (${await describe(place)}). Give this one another store, or move that one away by hand.`,
  });

/** Opens no keeper yet. */
export const openPlaces = (open: (place: Place) => Promise<Keeper>): Places => {
  const at = async <T>(place: Place, work: (keeper: Keeper) => Promise<T>): Promise<T> => {
    const keeper = await open(place);
    try {
      return await work(keeper);
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      throw new LabError(error.code, `the escrow in ${place.name}: ${error.message}`, error.detail);
    }
  };
  const read: Places['read'] = (place, name) => at(place, (keeper) => keeper.read(name));
  const create = (place: Place, name: string, value: Secret) => at(place, (keeper) => keeper.create(name, value));
  const describe: Places['describe'] = async (place) => (await open(place)).describe();
  return {
    describe,
    read,
    offer: async (place, name, value) => {
      await create(place, name, value);
      const [kept] = await read(place, name);
      if (kept !== undefined) return kept;
      throw new LabError('REJECTED', `${place.name} did not keep ${name}, which was written to it`);
    },
    keep: async (place, name, value) => {
      await create(place, name, value);
      const kept = await read(place, name);
      if (kept.some((one) => sameSecret(one, value))) return;
      throw await otherThere({ describe }, place, name);
    },
    remove: (place, name) => at(place, (keeper) => keeper.remove(name)),
    trespass: (place, name, account) => at(place, (keeper) => keeper.trespass(name, account)),
  };
};
