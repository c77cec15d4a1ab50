import { openMailbox } from '../../engine/mailbox.ts';
import type { ConnectContext, Connection, Provider } from '../../engine/provider.ts';
import type { DefinedKind } from '../../engine/resource.ts';
import { LabError } from '../../errors.ts';
import { aksClusters } from './arm/aks.ts';
import { federatedCredential } from './arm/federated-credential.ts';
import { keyVault } from './arm/key-vault.ts';
import { managedIdentity } from './arm/managed-identity.ts';
import { resourceGroup } from './arm/resource-group.ts';
import { roleAssignment } from './arm/role-assignment.ts';
import { subscriptionScope } from './arm/subscription.ts';
import type { AzureClient } from './client.ts';
import { type AzureConfig, checkConfig } from './config.ts';
import { entryState } from './entry.ts';
import { openKeeper } from './keeper.ts';
import { secretId } from './names.ts';
import { keyVaultSecret } from './secrets/key-vault-secret.ts';

const kinds: readonly DefinedKind<AzureClient>[] = [
  keyVaultSecret,
  resourceGroup,
  keyVault,
  managedIdentity,
  federatedCredential,
  roleAssignment,
];

const connect = async (given: unknown, context: ConnectContext): Promise<Connection> => {
  const config = checkConfig(given, context.env);
  const { env, readOnly, signal, stopping, ports } = context;
  const [{ openWire, proxySettings }, { openLogin }, { createClient }] = await Promise.all([
    import('./wire.ts'),
    import('./login/login.ts'),
    import('./client.ts'),
  ]);
  const wire = openWire({ loopback: config.loopback, env, signal });
  const login = openLogin({ config, wire, resolve: (source) => context.resolve(source), signal });
  const client = createClient({ config, wire, login, readOnly, ports, signal, stopping });
  return {
    scope: () => scopeOf(config, client),
    describe: async () => {
      const stated = [config.tenant ?? 'of an unknown tenant', config.subscription].filter(
        (part) => part !== undefined,
      );
      const where = await scopeOf(config, client).catch(() => stated.join('/'));
      return [`azure ${where} as ${login.who()}`, ...overrides(config, proxySettings(env))].join(', ');
    },
    gate: (name) => entryState(client, config.entered, name),
    kind: (name) => {
      const found = kinds.find(({ kind }) => kind === name);
      if (found === undefined) throw new TypeError(`the provider azure has no kind ${name}`);
      return found.bind(client);
    },
    offers: {
      aks: aksClusters(client),
      keeper: (vault) => openKeeper(client, vault, () => login.who()),
      mailbox: (vault, name) =>
        openMailbox(keyVaultSecret.bind(client), {
          provider: 'azure',
          scope: () => client.tenantOf(vault.toLowerCase()),
          id: secretId([vault, name]),
          field: ['value'],
        }),
    },
    writes: () => client.writes(),
    close: async () => wire.close(),
  };
};

/**
 * The tenant, with the subscription where one is stated. Else it is as the first vault names it. Every vault is held against the stated tenant, or else that of the first,
 * before a credential goes out; a vault's name is unique in its cloud, so tenant, vault and name say which secret it is.
 */
const scopeOf = async (config: AzureConfig, client: AzureClient): Promise<string> => {
  if (config.subscription !== undefined) return subscriptionScope(client.arm());
  const {
    tenant,
    vaults: [first],
  } = config;
  try {
    if (first !== undefined) return await client.tenantOf(first.toLowerCase());
  } catch (error) {
    // The other vaults can do without this one.
    if (tenant === undefined || !(error instanceof LabError) || error.code !== 'UNREACHABLE') throw error;
  }
  if (tenant !== undefined) return tenant;
  throw new LabError('BAD_MANIFEST', 'connections.azure names neither a tenant nor a vault');
};

const overrides = ({ cloud, loopback }: AzureConfig, proxy: Readonly<Record<string, string>>): string[] => [
  ...(cloud === undefined || cloud === 'public' ? [] : [`cloud ${cloud}`]),
  ...(loopback === undefined ? [] : [`dialled at 127.0.0.1:${loopback.port}`]),
  ...(loopback === undefined && (proxy['HTTPS_PROXY'] ?? proxy['https_proxy']) !== undefined
    ? [`through the proxy ${proxyOrigin(proxy)}`]
    : []),
];

// A proxy's address may hold its password.
const proxyOrigin = (proxy: Readonly<Record<string, string>>): string => {
  const address = proxy['https_proxy'] ?? proxy['HTTPS_PROXY'] ?? '';
  return URL.canParse(address) ? new URL(address).origin : 'of HTTPS_PROXY';
};

/**
 * Azure. Connection: cloud, tenant, subscription, the vaults that are used, one credential; see config.ts. A cloud is always expected to be there; its only gates are vaults that have not heard yet of the role that lab gave itself.
 */
export const azure: Provider = { name: 'azure', kinds, needs: ['objects', 'tokens'], connect };
