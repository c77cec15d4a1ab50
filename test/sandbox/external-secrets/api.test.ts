import { afterAll } from 'vitest';
import { startExternalSecretsSandbox } from '../../../src/sandbox/external-secrets/start.ts';
import { startKubernetes } from '../../../src/sandbox/kubernetes/start.ts';
import { startVaultSandbox } from '../../../src/sandbox/vault/start.ts';
import { callApi } from '../../support/external-secrets-api/call-api.ts';
import { describeExternalSecrets } from '../../support/external-secrets-api/external-secrets-api.ts';

// Tests wait for retries; those of a cluster take a second and more.
const backoff = { first: 100, most: 1_000 };

const running: { stop(): Promise<void> }[] = [];
afterAll(async () => {
  for (const server of running.toReversed()) await server.stop();
});

describeExternalSecrets("the sandbox's External Secrets Operator", async () => {
  const kubernetes = await startKubernetes();
  const vault = await startVaultSandbox({ seed: 'test', state: 'active' });
  const vaultAddress = (server: string) => (server === vault.address ? server : undefined);
  running.push(kubernetes, vault, startExternalSecretsSandbox({ kubernetes, vaultAddress, backoff }));
  const { url, caPem: authority, token } = kubernetes;
  return {
    call: callApi({ url, authority, identity: { token } }),
    server: { url, authority },
    vault: { address: vault.address, token: vault.rootToken },
  };
});
