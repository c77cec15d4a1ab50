import type { Keeper, Trespass } from '../../engine/ports.ts';
import { type Account, visit } from '../../engine/visitor.ts';
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
    trespass: (name, account) => trespass(client, vault.toLowerCase(), checked(name), account),
  };
};

const annotation = (name: string): string => `azure.workload.identity/${name}`;

/** As the managed identity that the service account is annotated with. */
const trespass = async (client: AzureClient, vault: string, name: string, account: Account): Promise<Trespass> => {
  const visited = await visit(client.ports, account, () => 'api://AzureADTokenExchange');
  if (visited.is === 'not') return { is: 'untried', because: 'there is no such service account' };
  const { annotations, token: assertion } = visited.visitor;
  const clientId = annotations[annotation('client-id')];
  if (clientId === undefined) return { is: 'untried', because: 'it is annotated with no identity of Azure' };
  const tenant = annotations[annotation('tenant-id')] ?? (await client.tenantOf(vault));
  const login = client.as({ tenant, clientId, assertion });
  const entered = await login.logIn();
  if (!entered.ok) return { is: 'untried', because: `the login was refused: ${entered.found}` };
  const read = await login.readSecret(client.hostOf(vault), name);
  // What is not there is only told to who may read it.
  if (read.ok || read.found.startsWith('404 ')) return { is: 'allowed', found: `may read ${name} of ${vault}` };
  return read.found.startsWith('403 ') ? { is: 'refused', found: read.found } : { is: 'untried', because: read.found };
};
