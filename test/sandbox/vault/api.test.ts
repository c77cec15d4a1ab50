import { afterAll } from 'vitest';
import { startKubernetes } from '../../../src/sandbox/kubernetes/start.ts';
import { startVaultSandbox } from '../../../src/sandbox/vault/start.ts';
import { callApi } from '../../support/external-secrets-api/call-api.ts';
import { clusterAccounts } from '../../support/vault-api/cluster-accounts.ts';
import { describeVaultLifecycle } from '../../support/vault-api/lifecycle.ts';
import { describeVaultApi } from '../../support/vault-api/vault-api.ts';

const running: { stop(): Promise<void> }[] = [];
afterAll(async () => {
  for (const server of running.toReversed()) await server.stop();
});

describeVaultApi("the sandbox's Vault", async () => {
  const kubernetes = await startKubernetes();
  const vault = await startVaultSandbox({ seed: 'test', state: 'active' });
  running.push(kubernetes, vault);
  const { url, caPem, token } = kubernetes;
  const call = callApi({ url, authority: caPem, identity: { token } });
  return { vault: { address: vault.address, token: vault.rootToken }, cluster: clusterAccounts(call, url, caPem) };
});

describeVaultLifecycle("the sandbox's Vault", () => startVaultSandbox({ seed: 'test', state: 'uninitialised' }));
