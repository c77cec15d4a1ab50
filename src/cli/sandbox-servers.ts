import { join } from 'node:path';
import type { Sandbox } from '../sandbox/session.ts';
import type { StartServers } from './ground.ts';
import { joinRunning } from './sandbox-running.ts';

// Long enough to be seen waiting, short enough for a first look.
const vaultStartsAfterMs = 1_500;

/** Joins the sandbox that runs in this folder, or starts the loopback servers of src/sandbox for a manifest. */
export const startServers: StartServers = async ({ manifest, folder, seed }) => {
  const running = await joinRunning(folder);
  if (running !== undefined) return running;
  const { startSandbox } = await import('../sandbox/session.ts');
  const { kubernetes, vault, azure, aws } = manifest.connections;
  const context = fieldOf(kubernetes, 'context') ?? 'sandbox';
  const sandbox = await startSandbox({
    folder: join(folder, 'systems'),
    seed,
    context,
    ...(vault === undefined
      ? {}
      : { vault: { needs: manifest.needs['vault'] ?? [], startsAfterMs: vaultStartsAfterMs } }),
    ...(azure === undefined
      ? {}
      : { azure: { tenant: fieldOf(azure, 'tenant') ?? someTenant, vaults: namesIn(azure, 'vaults') } }),
    ...(aws === undefined ? {} : { aws: accountOf(aws) }),
  });
  const address = sandbox.vault?.address;
  return {
    connections: {
      ...manifest.connections,
      ...(kubernetes === undefined ? {} : { kubernetes: { context, kubeconfig: sandbox.kubeconfig } }),
      ...(address === undefined || vault === undefined ? {} : { vault: vaultAt(address, vault) }),
      ...(sandbox.azure === undefined ? {} : { azure: azureAt(sandbox.azure, azure) }),
      ...(sandbox.aws === undefined ? {} : { aws: awsAt(sandbox.aws, aws) }),
    },
    env: {
      ...(sandbox.vault === undefined
        ? {}
        : { VAULT_ADDR: sandbox.vault.address, VAULT_TOKEN: sandbox.vault.rootToken }),
      ...(sandbox.azure === undefined ? {} : { LAB_SANDBOX_AZURE_SECRET: sandbox.azure.operator.clientSecret }),
      ...(sandbox.aws === undefined
        ? {}
        : { LAB_SANDBOX_AWS_ID: sandbox.aws.accessKey.id, LAB_SANDBOX_AWS_SECRET: sandbox.aws.accessKey.secret }),
    },
    close: () => sandbox.stop(),
  };
};

const login = { auth: 'token', token: { from: 'env', name: 'VAULT_TOKEN' } } as const;

const vaultAt = (address: string, connection: unknown) => ({
  address,
  mode: fieldOf(connection, 'mode') ?? 'expected',
  plaintext: 'loopback',
  login: { plan: login, apply: login },
});

const source = (name: string) => ({ from: 'env', name }) as const;

const azureAt = ({ port, caPem, operator }: NonNullable<Sandbox['azure']>, connection: unknown) => ({
  cloud: fieldOf(connection, 'cloud'),
  tenant: fieldOf(connection, 'tenant') ?? someTenant,
  vaults: namesIn(connection, 'vaults'),
  credential: {
    type: 'service-principal',
    clientId: operator.clientId,
    clientSecret: source('LAB_SANDBOX_AZURE_SECRET'),
  },
  loopback: { port, ca: caPem },
});

const awsAt = ({ url, caPem, account }: NonNullable<Sandbox['aws']>, connection: unknown) => ({
  region: fieldOf(connection, 'region'),
  account,
  credential: { type: 'access-keys', id: source('LAB_SANDBOX_AWS_ID'), secret: source('LAB_SANDBOX_AWS_SECRET') },
  endpoints: { secretsManager: url, sts: url },
  ca: caPem,
});

/** Where the manifest names no tenant. */
const someTenant = '00000000-0000-4000-8000-000000000000';

const accountOf = (connection: unknown): { account?: string } => {
  const account = fieldOf(connection, 'account');
  return account === undefined ? {} : { account };
};

const namesIn = (connection: unknown, name: string): string[] => {
  const value: unknown =
    typeof connection === 'object' && connection !== null ? Reflect.get(connection, name) : undefined;
  return Array.isArray(value) ? value.map(String) : [];
};

// Connections are checked by their providers; here one field is read of what the loader made.
const fieldOf = (connection: unknown, name: string): string | undefined => {
  const value: unknown =
    typeof connection === 'object' && connection !== null ? Reflect.get(connection, name) : undefined;
  return typeof value === 'string' ? value : undefined;
};
