import { expect, onTestFinished, test } from 'vitest';
import { fail, failAbsent } from '../../../src/sandbox/external-secrets/failure.ts';
import type { StoreProviders } from '../../../src/sandbox/external-secrets/readers/reader.ts';
import { startExternalSecretsSandbox } from '../../../src/sandbox/external-secrets/start.ts';
import type { JsonMap } from '../../../src/sandbox/kubernetes/json.ts';
import { startKubernetes } from '../../../src/sandbox/kubernetes/start.ts';

const namespace = 'team';
const group = 'external-secrets.io';
const fakeStore = { fake: { data: [{ key: 'a', value: '{"x": "1"}' }] } };
const spec = {
  secretStoreRef: { name: 'store' },
  refreshInterval: '1h0m0s',
  data: [{ secretKey: 'k', remoteRef: { key: 'a' } }],
};

/** A cluster with an operator, whose work is over when `settled` returns. */
const start = async (readers: StoreProviders = {}) => {
  const kubernetes = await startKubernetes();
  const operator = startExternalSecretsSandbox({ kubernetes, readers });
  onTestFinished(async () => {
    await operator.stop();
    await kubernetes.stop();
  });
  const { objects } = kubernetes;
  objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, 'test');
  const settled = async () => {
    // Changes are told a little later than they are made.
    await new Promise((resolve) => setImmediate(resolve));
    await operator.idle();
  };
  const apply = async (kind: string, name: string, wanted: JsonMap) => {
    objects.apply({ apiVersion: `${group}/v1`, kind, metadata: { name, namespace }, spec: wanted }, 'test');
    await settled();
  };
  const found = (kind: string, name: string) =>
    objects.get({ group: kind === 'Secret' ? '' : group, kind, namespace, name });
  return {
    kubernetes,
    apply,
    settled,
    secret: (name: string) => found('Secret', name)?.['data'],
    condition: (kind: string, name: string) => found(kind, name)?.['status'],
    events: (name: string) =>
      objects
        .list({ group: '', kind: 'Event', namespace })
        .filter(({ metadata }) => metadata.name.startsWith(`${name}.`))
        .map((event) => event['message']),
  };
};

test('the operator has done its work when idle() returns', async () => {
  const { apply, secret } = await start();
  await apply('SecretStore', 'store', { provider: fakeStore });
  await apply('ExternalSecret', 'one', spec);
  expect(secret('one')).toEqual({ k: Buffer.from('{"x": "1"}').toString('base64') });
});

test('an idle cluster stays as it is', async () => {
  const { apply, kubernetes, settled } = await start();
  await apply('SecretStore', 'store', { provider: fakeStore });
  await apply('ExternalSecret', 'one', spec);
  const changes: string[] = [];
  kubernetes.objects.onChange(({ object }) => changes.push(object.kind));
  await apply('ExternalSecret', 'one', spec);
  await settled();
  expect(changes).toEqual([]);
});

test('an operator that starts later finds what is there', async () => {
  const kubernetes = await startKubernetes();
  onTestFinished(() => kubernetes.stop());
  const { objects } = kubernetes;
  objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, 'test');
  const store = { name: 'store', namespace };
  objects.create(
    { apiVersion: `${group}/v1`, kind: 'SecretStore', metadata: store, spec: { provider: fakeStore } },
    'test',
  );
  const operator = startExternalSecretsSandbox({ kubernetes });
  onTestFinished(() => operator.stop());
  await operator.idle();
  expect(objects.get({ group, kind: 'SecretStore', ...store })?.['status']).toMatchObject({
    capabilities: 'ReadWrite',
  });
});

test('other kinds of stores can be added, with their own reading', async () => {
  const opened: unknown[] = [];
  const readers: StoreProviders = {
    azurekv: {
      capabilities: 'ReadWrite',
      open: async (block, { store, namespace: place }) => {
        opened.push([block, store, place]);
        return {
          validate: async () => undefined,
          read: async ({ key, version }) => (key === 'a' ? Buffer.from(`{"v": "${version}"}`) : failAbsent()),
        };
      },
    },
  };
  const { apply, secret, events } = await start(readers);
  const block = { vaultUrl: 'https://kv', tenantId: 't' };
  await apply('SecretStore', 'store', { provider: { azurekv: block } });
  expect(opened[0]).toEqual([expect.objectContaining(block), { kind: 'SecretStore', name: 'store' }, namespace]);
  await apply('ExternalSecret', 'one', { ...spec, dataFrom: [{ extract: { key: 'a', version: '7' } }], data: [] });
  expect(secret('one')).toEqual({ v: Buffer.from('7').toString('base64') });
  await apply('ExternalSecret', 'two', { ...spec, data: [{ secretKey: 'k', remoteRef: { key: 'b' } }] });
  expect(events('two')).toEqual(['error processing spec.data[0] (key: b), err: Secret does not exist']);
});

test.each([
  ['failed', { status: 'False', reason: 'InvalidProviderConfig', message: 'unable to validate store' }],
  ['unknown', { status: 'True', reason: 'ValidationUnknown', message: 'could not determine validation status' }],
] as const)('a store whose check ends %s says so', async (kind, told) => {
  const readers: StoreProviders = {
    azurekv: {
      capabilities: 'ReadOnly',
      open: async () => ({ validate: async () => fail('no', { kind }), read: async () => failAbsent() }),
    },
  };
  const { apply, condition, events } = await start(readers);
  await apply('SecretStore', 'store', { provider: { azurekv: { vaultUrl: 'https://kv' } } });
  expect(condition('SecretStore', 'store')).toEqual({ conditions: [expect.objectContaining(told)] });
  expect(events('store')).toEqual(['no']);
});

test('a kind of store that the sandbox lacks is an error of the store', async () => {
  const { apply, condition, events } = await start();
  await apply('SecretStore', 'store', { provider: { azurekv: { vaultUrl: 'https://kv' } } });
  expect(condition('SecretStore', 'store')).toMatchObject({
    conditions: [{ status: 'False', reason: 'InvalidProviderConfig', message: 'unable to create client' }],
  });
  expect(events('store')).toEqual(['the sandbox has no stores of the kind "azurekv"']);
});

test('nothing but the sandbox is dialled', async () => {
  const { apply, events } = await start();
  const auth = { tokenSecretRef: { name: 'token', key: 'token' } };
  const server = { url: 'https://198.51.100.1', caBundle: 'Y2E=' };
  await apply('SecretStore', 'vault', { provider: { vault: { server: 'https://198.51.100.1', path: 'kv' } } });
  expect(events('vault')).toEqual([
    'GET "https://198.51.100.1/v1/auth/token/lookup-self": the sandbox knows no Vault at this address',
  ]);
  await apply('SecretStore', 'login', { provider: { vault: { server: 'https://198.51.100.1', path: 'kv', auth } } });
  expect(events('login')).toEqual([expect.stringContaining('cannot get Kubernetes secret "token"')]);
  await apply('SecretStore', 'cluster', {
    provider: { kubernetes: { remoteNamespace: 'x', server, auth: { serviceAccount: { name: 'default' } } } },
  });
  expect(events('cluster')).toEqual([expect.stringContaining('the sandbox dials no other cluster')]);
});

test.each([
  ['dataFrom.find', { data: [], dataFrom: [{ find: { name: { regexp: '.*' } } }] }],
  ['target.template.templateFrom', { target: { template: { templateFrom: [{ literal: 'a: b' }] } } }],
  ['{{ range }}', { target: { template: { data: { x: '{{ range $k := . }}{{ end }}' } } } }],
])('%s is an honest error', async (what, more) => {
  const { apply, secret, events } = await start();
  await apply('SecretStore', 'store', { provider: fakeStore });
  await apply('ExternalSecret', 'one', { ...spec, ...more });
  expect(events('one')).toEqual([expect.stringMatching(/the sandbox does not (know|render)/)]);
  expect(events('one')).toEqual([expect.stringContaining(what)]);
  expect(secret('one')).toBeUndefined();
});
