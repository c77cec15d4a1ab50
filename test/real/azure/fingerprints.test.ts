import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type AzureSandbox, startAzureSandbox } from '../../../src/sandbox/azure/start.ts';
import { subscription } from '../../sandbox/azure/arm.ts';
import { clientId, clientSecret, sdk, tenant } from '../../sandbox/azure/sandbox.ts';
import { type CloudNames, startCloudNames } from '../../servers/cloud-names.ts';
import { createRunFolder, type RunFolder } from '../../servers/run-folders.ts';
import { temporaryFolder } from '../kubernetes/cluster.ts';
import { runLab } from '../story/stage.ts';

vi.setConfig({ testTimeout: 120_000 });

const vault = 'illm-k8s-lab-kv';
const kept = 'lab-fingerprints';
const value = 'the+value/of=the~demo';

const manifest = `apiVersion: lab/v1
name: prints
expect: { azure: { tenant: ${tenant} } }
fingerprints: { store: keys/${kept} }
stores:
  keys: { type: azure-key-vault, manage: existing, name: ${vault}, expose: none }
resources:
  azure.key-vault-secret/${vault}/demo: { value: { env: DEMO } }
`;

let servers: RunFolder;
let azure: AzureSandbox;
let names: CloudNames;
beforeAll(async () => {
  servers = await createRunFolder();
  const principal = (id: string) => (id === clientId ? { clientId, clientSecret } : undefined);
  azure = await startAzureSandbox({ tenant, subscription, vaults: [vault], principal });
  names = await startCloudNames({
    dir: join(servers.dir, 'names'),
    routes: ['.vault.azure.net', 'login.microsoftonline.com'].map((suffix) => ({ suffix, port: azure.port })),
    authorities: [azure.caPem],
  });
}, 60_000);
afterAll(async () => {
  await names.stop();
  await azure.stop();
  await servers.remove();
});

/** A runner in the folder of the manifest, with a home of its own in which nothing lies. */
const runner = async (folder: string) => {
  const home = await temporaryFolder();
  const { HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE } = names.environment;
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    HTTPS_PROXY,
    NO_PROXY,
    NODE_EXTRA_CA_CERTS: SSL_CERT_FILE,
    AZURE_TENANT_ID: tenant,
    AZURE_CLIENT_ID: clientId,
    AZURE_CLIENT_SECRET: clientSecret,
    LAB_REDACT: 'off',
    DEMO: value,
  };
  const printed: string[] = [];
  const lab = async (...args: readonly string[]) => {
    const ran = await runLab(args, { cwd: folder, env, until: undefined });
    printed.push(ran.stdout, ran.stderr);
    return ran;
  };
  return { home, lab, printed };
};

const keys = async (): Promise<(string | undefined)[]> => {
  const client = sdk(azure, vault);
  const held: (string | undefined)[] = [];
  for await (const { version = '' } of client.listPropertiesOfSecretVersions(kept)) {
    held.push((await client.getSecret(kept, { version })).value);
  }
  return held;
};

test('the first apply keeps the key in the store, and every other machine knows the secrets by it', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'lab.yaml'), manifest);
  const first = await runner(folder);
  expect(await first.lab('plan')).toMatchObject({ code: 0 });
  expect(await keys()).toEqual([]);

  expect(await first.lab('apply', '--auto-approve')).toMatchObject({ code: 0 });
  const [key = ''] = await keys();
  expect(Buffer.from(key, 'base64')).toHaveLength(32);
  expect(await readdir(first.home)).toEqual([]);

  const second = await runner(folder);
  const plan = await second.lab('plan', '--json');
  expect(JSON.parse(plan.stdout)).toMatchObject({ applyable: false, summary: { none: 1, drifted: 0 } });
  expect(plan.stdout + plan.stderr).not.toContain('unverifiable');
  expect(await second.lab('apply', '--auto-approve')).toMatchObject({ code: 0 });
  expect(await keys()).toEqual([key]);

  await sdk(azure, vault).setSecret('demo', 'of a stranger');
  expect(await second.lab('drift')).toMatchObject({ code: 3 });
  for (const { printed } of [first, second]) expect(printed.join('\n')).not.toContain(key);
});
