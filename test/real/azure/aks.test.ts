import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type AzureSandbox, startAzureSandbox } from '../../../src/sandbox/azure/start.ts';
import { armOf, subscription } from '../../sandbox/azure/arm.ts';
import { clientId, clientSecret, tenant } from '../../sandbox/azure/sandbox.ts';
import { type CloudNames, startCloudNames } from '../../servers/cloud-names.ts';
import { type ControlPlane, startControlPlane } from '../../servers/control-plane.ts';
import { startExternalSecrets } from '../../servers/external-secrets.ts';
import { createRunFolder, type RunFolder } from '../../servers/run-folders.ts';

// lab as its users run it, without any kubeconfig, and the unmodified External Secrets, on a real API server; both find Azure under its own names.
// It is our sandbox, which takes External Secrets' token of the API server only by the federated credential that lab made.

const issuer = 'https://kubernetes.default.svc';
const bin = new URL('../../../bin/lab.js', import.meta.url).pathname;
const credentials = '{"clientId":"story","clientSecret":"of/the+story~"}';
const credential = 'azure.federated-credential/lab/eso/aks-default-external-secrets-external-secrets';

const manifest = `apiVersion: lab/v1
name: aks
cluster: { aks: { resourceGroup: lab-aks, name: lab } }
expect: { azure: { tenant: ${tenant}, subscription: ${subscription} } }
install: { external-secrets: { mode: expected, namespace: external-secrets } }
stores:
  azure-keyvault:
    type: azure-key-vault
    manage: create
    name: illm-k8s-lab-kv
    resourceGroup: lab
    location: westeurope
    retentionDays: 7
    auth: { type: workload-identity, serviceAccount: external-secrets/external-secrets, identity: { create: eso } }
secrets:
  crossplane-system/azure-credentials:
    readFrom: azure-keyvault
    refresh: 1h
    keys: { credentials: { at: crossplane-azure-credentials, value: { env: AZURE_CREDENTIALS } } }
allowDestroy: true
`;

let servers: RunFolder;
let folder: string;
let cluster: ControlPlane;
let azure: AzureSandbox;
let names: CloudNames;

beforeAll(async () => {
  servers = await createRunFolder();
  folder = await mkdtemp(join(tmpdir(), 'lab-aks-'));
  cluster = await startControlPlane({ dir: join(servers.dir, 'control-plane') });
  const keysOf = async (asked: string) =>
    asked === issuer ? JSON.parse((await cluster.call({ method: 'GET', path: '/openid/v1/jwks' })).body) : undefined;
  const { caFile, certFile, keyFile } = cluster;
  const caPem = await readFile(caFile, 'utf8');
  const account = { certificate: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
  azure = await startAzureSandbox({
    tenant,
    subscription,
    vaults: [],
    principal: (id) => (id === clientId ? { clientId, clientSecret } : undefined),
    keysOf,
    settleMs: 300,
    clusters: { 'lab-aks/lab': { endpoint: cluster.url, caPem, issuer, account } },
    quirks: { stalePrincipals: 1, staleAssignments: 2, staleCredentials: 1 },
  });
  names = await startCloudNames({
    dir: join(servers.dir, 'names'),
    routes: ['.vault.azure.net', 'login.microsoftonline.com', 'management.azure.com'].map((suffix) => ({
      suffix,
      port: azure.port,
    })),
    authorities: [azure.caPem],
  });
  const { environment } = names;
  await startExternalSecrets({ controlPlane: cluster, dir: join(servers.dir, 'external-secrets'), environment });
  await writeFile(join(folder, 'lab.yaml'), manifest);
}, 120_000);

afterAll(async () => {
  await names.stop();
  await azure.stop();
  await servers.remove();
  await rm(folder, { recursive: true, force: true });
});

const lab = async (...words: readonly string[]) => {
  const { HTTPS_PROXY = '', NO_PROXY = '', SSL_CERT_FILE = '' } = names.environment;
  const env = {
    HOME: folder,
    HTTPS_PROXY,
    NO_PROXY,
    NODE_EXTRA_CA_CERTS: SSL_CERT_FILE,
    AZURE_TENANT_ID: tenant,
    AZURE_CLIENT_ID: clientId,
    AZURE_CLIENT_SECRET: clientSecret,
    AZURE_CREDENTIALS: credentials,
    LAB_REDACT: 'off',
  };
  const child = spawn(process.execPath, [bin, ...words], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect(stdout + stderr).not.toContain(credentials);
  return { code: child.exitCode, stdout, stderr };
};

const done = { code: 0, stderr: expect.any(String), stdout: expect.any(String) };

const synced = async (): Promise<string | undefined> => {
  const path = '/api/v1/namespaces/crossplane-system/secrets/azure-credentials';
  const { status, body } = await cluster.call({ method: 'GET', path });
  return status === 200 ? Buffer.from(JSON.parse(body).data.credentials, 'base64').toString() : undefined;
};

// One story in order.
describe('a cluster gets its secrets from a key vault that is not there yet', () => {
  test('one apply makes vault, identity, trust and roles, and the Secret is there', async () => {
    const ran = await lab('apply', '--auto-approve');
    expect(ran).toEqual(done);
    expect(await synced()).toBe(credentials);
  }, 120_000);

  test('the store is as ADR-002 of illm-k8s-lab writes it', async () => {
    const path = '/apis/external-secrets.io/v1/clustersecretstores/azure-keyvault';
    const { provider } = JSON.parse((await cluster.call({ method: 'GET', path })).body).spec;
    expect(provider).toMatchObject({
      azurekv: {
        authType: 'WorkloadIdentity',
        vaultUrl: 'https://illm-k8s-lab-kv.vault.azure.net',
        serviceAccountRef: { name: 'external-secrets', namespace: 'external-secrets' },
      },
    });
  });

  test('a second run writes nothing, and nothing has moved', async () => {
    expect(JSON.parse((await lab('apply', '--json')).stdout)).toMatchObject({ exit: { code: 0 }, done: [], writes: 0 });
    expect((await lab('drift')).code).toBe(0);
    expect(await lab('verify')).toEqual(done);
  }, 60_000);

  test('a trust that somebody takes away is drift, External Secrets is shut out, and apply mends it', async () => {
    const arm = await armOf(azure);
    const identity = '/resourceGroups/lab/providers/Microsoft.ManagedIdentity/userAssignedIdentities/eso';
    await arm(
      'DELETE',
      `${identity}/federatedIdentityCredentials/aks-default-external-secrets-external-secrets`,
      'identities',
    );
    const drift = JSON.parse((await lab('drift', '--json')).stdout);
    expect(drift.drifted.map(({ address }: { address: string }) => address)).toEqual([credential]);
    expect((await lab('verify')).code).not.toBe(0);
    expect(await lab('apply', '--auto-approve')).toEqual(done);
    await vi.waitFor(async () => expect((await lab('verify')).code).toBe(0), { timeout: 60_000, interval: 1_000 });
  }, 120_000);

  test('destroy leaves nothing of ours, and says until when the vault can be had back', async () => {
    const ran = await lab('destroy', '--auto-approve', '--allow-data-loss');
    expect(ran).toEqual(done);
    const until = new Date(Date.now() + 7 * 24 * 3600 * 1000).toISOString().slice(0, 10);
    expect(ran.stdout).toContain(`the vault illm-k8s-lab-kv can be recovered with its secrets until ${until}`);
    expect(await synced()).toBeUndefined();
  }, 60_000);

  test('nobody asked for any other host', () => {
    expect(names.strangers).toEqual([]);
  });
});
