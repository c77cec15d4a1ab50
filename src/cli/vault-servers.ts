import { resolve } from 'node:path';
import type { Resource } from '../engine/resource.ts';
import { LabError } from '../errors.ts';
import type { Expanded } from '../manifest/expanded.ts';
import type { openServers } from '../providers/vault/server/servers.ts';
import type { VaultLook } from '../views/vault.ts';
import type { RecordLook } from '../views/vault-record.ts';
import { type RekeyDone, rekeyPlanText } from '../views/vault-rekey.ts';
import type { SnapshotTaken } from '../views/vault-snapshot.ts';
import { askFor } from './approve.ts';
import type { ManifestFlags } from './flags.ts';
import type { Host } from './host.ts';
import { readManifest } from './manifest.ts';
import { stoppable } from './signals.ts';
import { withContext } from './wiring.ts';

/** How the servers of Vault and their escrow stand. Asks nobody else. */
export const vaultStatus = (flags: ManifestFlags, host: Host): Promise<VaultLook> =>
  withServers(flags, host, 'looks', async ({ look }) => look());

/** Unseals every server with the shares that the escrow gives, and how they stand then. */
export const vaultUnseal = (flags: ManifestFlags, host: Host): Promise<VaultLook> =>
  withServers(flags, host, 'looks', async ({ look, unseal }) => {
    await unseal(host.say);
    return look();
  });

/** Hands out new shares, once somebody has said yes to what they were shown. */
export const vaultRekey = (
  flags: ManifestFlags & { readonly 'auto-approve': boolean; readonly 'delete-old': boolean },
  host: Host,
): Promise<RekeyDone> =>
  withServers(flags, host, 'writes', async ({ lookBeforeRekey, rekey }) => {
    const look = await lookBeforeRekey(flags['delete-old'], host.say);
    host.say(rekeyPlanText(look, flags['delete-old']));
    if (flags.sandbox !== true && !flags['auto-approve'])
      await askFor(look.stage === 'only old copies' ? 'Delete them?' : 'Hand them out?', host);
    const { stage, generation, record, dropped } = await rekey(flags['delete-old'], host.say);
    const { address, shares, threshold } = look;
    const custodians = record.custodians.map(({ name, digests }) => ({ name, digests }));
    const did = stage === 'only old copies' ? 'deleted old copies' : 'handed out';
    return { address, did, shares, threshold, generation, custodians, dropped };
  });

/** Who has been given what of Vault, and how its root token ended. */
export const vaultRecord = (flags: ManifestFlags, host: Host): Promise<RecordLook> =>
  withServers(flags, host, 'looks', ({ record }) => record());

/** A snapshot of Vault's own storage in a new file. */
export const vaultSnapshot = (file: string, flags: ManifestFlags, host: Host): Promise<SnapshotTaken> =>
  withServers(flags, host, 'looks', ({ snapshot }) => snapshot(resolve(file)));

type Servers = Omit<Awaited<ReturnType<typeof openServers>>, 'look'> & { readonly look: () => Promise<VaultLook> };

/** Works with the servers of the manifest's Vault and their escrow alone. */
export const withServers = <Result>(
  flags: ManifestFlags,
  host: Host,
  /** What is done to the stores of the escrow. */
  manner: 'looks' | 'writes',
  work: (servers: Servers, manifest: Expanded) => Promise<Result>,
): Promise<Result> =>
  stoppable(undefined, async ({ abort }) => {
    const manifest = await readManifest(flags, host.env);
    const sandbox = flags.sandbox === true;
    return withContext({ manifest, sandbox, readOnly: manner === 'looks', signal: abort, host }, async (given) => {
      const config = given.manifest.connections['vault'];
      if (config === undefined) {
        throw new LabError('BAD_MANIFEST', 'the manifest has no Vault', { next: 'Say where it is in section vault.' });
      }
      const { openServers } = await import('../providers/vault/server/servers.ts');
      const servers = await openServers(config, given.context);
      try {
        const look = async () => ({ ...(await servers.look()), readers: readersOf(given.manifest) });
        return await work({ ...servers, look }, given.manifest);
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
