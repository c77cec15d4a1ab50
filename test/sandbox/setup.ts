import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startExternalSecretsSandbox } from '../../src/sandbox/external-secrets/start.ts';
import { externalSecretsDefinitions } from '../../src/sandbox/kubernetes/external-secrets/definitions.ts';
import { type SandboxKubernetes, startKubernetes } from '../../src/sandbox/kubernetes/start.ts';
import { startVaultSandbox } from '../../src/sandbox/vault/start.ts';
import { testContext } from '../servers/kubeconfig.ts';
import { localPortOf } from '../support/pods.ts';
import { passwordDefinition } from './password-definition.ts';

/** Starts the sandbox's cluster, operator and Vault in the place of the real ones, for the same tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-sandbox-'));
  const cluster: SandboxKubernetes = await startKubernetes({
    file: join(folder, 'kubernetes.json'),
    definitions: [...externalSecretsDefinitions, passwordDefinition],
    podPorts: (pod, port) => localPortOf(cluster.objects.get({ group: '', kind: 'Pod', ...pod }), port),
  });
  const vault = await startVaultSandbox({ seed: 'tests', state: 'active' });
  const operator = startExternalSecretsSandbox({ kubernetes: cluster, vaultAddress: (server) => server });
  const [kubeconfig, caFile] = [join(folder, 'kubeconfig'), join(folder, 'ca.crt')];
  await cluster.kubeconfig(kubeconfig, testContext);
  await writeFile(caFile, cluster.caPem);
  project.provide('servers', {
    kubeconfig,
    context: testContext,
    url: cluster.url,
    caFile,
    vault: { address: vault.address, token: vault.rootToken, product: 'vault' },
    database: { url: 'postgresql://{{username}}:{{password}}@127.0.0.1:5432/postgres' },
  });
  return async () => {
    await operator.stop();
    await vault.stop();
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
