import type { Keeper } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';
import type { AzureClient } from './client.ts';
import { secretId } from './names.ts';

/**
 * Values as secrets of one key vault. It cannot refuse a second version of a name: two runs that write at once leave two,
 * so every version counts, the oldest first, and each is read by its id. `who` is for people.
 */
export const openKeeper = (client: AzureClient, vault: string, who: () => string): Keeper => {
  const secrets = () => client.vault(vault.toLowerCase());
  const checked = (name: string): string => secretId([vault, name])[1];
  const versions = async (name: string) =>
    (await secrets().versions(checked(name)))
      .filter(({ enabled }) => enabled)
      .toSorted((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
  return {
    describe: async () => `key vault ${vault}, as ${who()}`,
    read: async (name) => Promise.all((await versions(name)).map(({ id }) => secrets().value(checked(name), id))),
    create: async (name, value) => {
      if ((await versions(name)).length > 0) return false;
      try {
        await secrets().set(checked(name), value, { contentType: 'text/plain', tags: { 'managed-by': 'lab' } });
        return true;
      } catch (error) {
        if (!(error instanceof LabError) || error.code !== 'MOVED') throw error;
        throw new LabError(
          'CONFLICT',
          `the key vault ${vault} keeps a deleted secret ${name}, so the name is not free`,
          {
            next: `Recover it if it belongs to this Vault, or purge it: az keyvault secret purge --vault-name ${vault} --name ${name}`,
          },
        );
      }
    },
    remove: async (name) => {
      await secrets().remove(checked(name));
    },
  };
};
