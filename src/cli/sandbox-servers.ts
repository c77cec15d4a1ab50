import { join } from 'node:path';
import type { StartServers } from './ground.ts';

// Long enough to be seen waiting, short enough for a first look.
const vaultStartsAfterMs = 1_500;

/** Starts the loopback servers of src/sandbox for a manifest. */
export const startServers: StartServers = async ({ manifest, folder, seed }) => {
  const { startSandbox } = await import('../sandbox/session.ts');
  const { kubernetes, vault } = manifest.connections;
  const context = fieldOf(kubernetes, 'context') ?? 'sandbox';
  const sandbox = await startSandbox({
    folder: join(folder, 'systems'),
    seed,
    context,
    ...(vault === undefined
      ? {}
      : { vault: { needs: manifest.needs['vault'] ?? [], startsAfterMs: vaultStartsAfterMs } }),
  });
  const address = sandbox.vault?.address;
  return {
    connections: {
      ...manifest.connections,
      ...(kubernetes === undefined ? {} : { kubernetes: { context, kubeconfig: sandbox.kubeconfig } }),
      ...(address === undefined || vault === undefined ? {} : { vault: vaultAt(address, vault) }),
    },
    env: sandbox.vault === undefined ? {} : { VAULT_ADDR: sandbox.vault.address, VAULT_TOKEN: sandbox.vault.rootToken },
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

// Connections are checked by their providers; here one field is read of what the loader made.
const fieldOf = (connection: unknown, name: string): string | undefined => {
  const value: unknown =
    typeof connection === 'object' && connection !== null ? Reflect.get(connection, name) : undefined;
  return typeof value === 'string' ? value : undefined;
};
