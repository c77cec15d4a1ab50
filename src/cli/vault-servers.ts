import type { Resource } from '../engine/resource.ts';
import { LabError } from '../errors.ts';
import type { Expanded } from '../manifest/expanded.ts';
import type { VaultLook } from '../views/vault.ts';
import type { ManifestFlags } from './flags.ts';
import type { Host } from './host.ts';
import { readManifest } from './manifest.ts';
import { stoppable } from './signals.ts';
import { withContext } from './wiring.ts';

/** How the servers of Vault and their escrow stand. Asks nobody else. */
export const vaultStatus = (flags: ManifestFlags, host: Host): Promise<VaultLook> =>
  withServers(flags, host, async ({ look }) => look());

/** Unseals every server with the shares that the escrow gives, and how they stand then. */
export const vaultUnseal = (flags: ManifestFlags, host: Host): Promise<VaultLook> =>
  withServers(flags, host, async ({ look, unseal }) => {
    await unseal(host.say);
    return look();
  });

interface Servers {
  readonly look: () => Promise<VaultLook>;
  readonly unseal: (remark: (text: string) => void) => Promise<void>;
}

const withServers = (
  flags: ManifestFlags,
  host: Host,
  work: (servers: Servers) => Promise<VaultLook>,
): Promise<VaultLook> =>
  stoppable(undefined, async ({ abort }) => {
    const manifest = await readManifest(flags, host.env);
    const sandbox = flags.sandbox === true;
    return withContext({ manifest, sandbox, readOnly: true, signal: abort, host }, async (given) => {
      const config = given.manifest.connections['vault'];
      if (config === undefined) {
        throw new LabError('BAD_MANIFEST', 'the manifest has no Vault', { next: 'Say where it is in section vault.' });
      }
      const { openServers } = await import('../providers/vault/server/servers.ts');
      const servers = await openServers(config, given.context);
      try {
        return await work({
          unseal: servers.unseal,
          look: async () => ({ ...(await servers.look()), readers: readersOf(given.manifest) }),
        });
      } finally {
        await servers.close();
      }
    });
  });

/** ExternalSecrets that are read from Vault, and those that are read elsewhere. */
const readersOf = ({ resources }: Expanded): VaultLook['readers'] => {
  const stores = new Set(resources.filter(isVaultStore).map(({ parts }) => parts.at(-1)));
  const all = resources.filter(({ kind }) => kind === 'external-secrets.external-secret');
  const fromVault = all.filter(({ spec }) => {
    const store: unknown = spec['store'];
    return typeof store === 'object' && store !== null && stores.has(String(Reflect.get(store, 'name')));
  });
  return { vault: fromVault.length, elsewhere: all.length - fromVault.length };
};

const isVaultStore = ({ kind, spec }: Resource): boolean => {
  const provider: unknown = spec['provider'];
  return (
    kind.startsWith('external-secrets.') && typeof provider === 'object' && provider !== null && 'vault' in provider
  );
};
