import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Connection } from '../../../src/engine/provider.ts';
import { type Stranger, stranger, uniqueName } from '../kubernetes/cluster.ts';
import { type Central, makeCentral } from './central.ts';
import { actor, connectOperator } from './operator.ts';

let operator: Connection;
let someone: Stranger;
let central: Central;
beforeAll(async () => {
  someone = await stranger();
  [, operator] = await connectOperator();
  central = await makeCentral(someone, { a: 'one' });
});

const store = (name = uniqueName('store')) => actor(operator.kind('external-secrets.cluster-secret-store'), name);

/** A Vault that keeps everybody waiting until it is told to answer. */
const slowVault = async (status: number) => {
  const told = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const server = createServer(async (_, response) => {
    asked.resolve();
    await told.promise;
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ data: { type: 'service', ttl: 3600, expire_time: null } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    address: `http://127.0.0.1:${address.port}`,
    asked: asked.promise,
    answer: told.resolve,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
};

test('names the cluster by the uid of kube-system, and says which API it uses', async () => {
  const { metadata } = await someone('GET', '/api/v1/namespaces/kube-system');
  expect(await operator.scope()).toBe(metadata.uid);
  expect(await operator.describe()).toBe('External Secrets, API v1');
});

test('the gates of its definitions are open', async () => {
  for (const plural of ['clustersecretstores', 'secretstores', 'externalsecrets']) {
    expect(await operator.gate(`external-secrets.crd/${plural}.external-secrets.io`)).toEqual({ state: 'open' });
  }
});

test('a new store is done once External Secrets has looked at it', async () => {
  const made = store();
  await made.put({ provider: central.readAs('reader') });
  expect(await made.ended()).toEqual({ state: 'done' });
});

test.each([
  ['done', 200, { state: 'done' }],
  ['not done', 403, { state: 'waiting', because: expect.stringContaining('invalid vault credentials') }],
] as const)(
  'a good store that changes is not done before it was looked at again, and then %s',
  async (_, status, end) => {
    const namespace = uniqueName('slow');
    await someone('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    await someone('POST', `/api/v1/namespaces/${namespace}/secrets`, {
      metadata: { name: 'token' },
      data: { token: 'eA==' },
    });
    const slow = await slowVault(status);
    onTestFinished(slow.close);
    const made = store();
    await made.put({ provider: central.readAs('reader') });
    expect(await made.ended()).toEqual({ state: 'done' });
    // A second look at it may be under way, and its event would count as one at the change (freshness.ts).
    await sleep(1_000);
    const tokenSecretRef = { name: 'token', key: 'token', namespace };
    await made.put({ provider: { vault: { server: slow.address, path: 'secret', auth: { tokenSecretRef } } } });
    await slow.asked;
    const because = 'External Secrets has not looked at the change yet';
    expect(await made.settled()).toEqual({ state: 'waiting', because });
    slow.answer();
    expect(await (status === 200 ? made.ended() : made.says(/credentials/))).toEqual(end);
  },
);

test('a store that was bad and becomes good is done', async () => {
  const made = store();
  await made.put({ provider: central.readAs('nobody') });
  expect(await made.says(/unable to validate store/)).toMatchObject({ state: 'waiting' });
  await made.put({ provider: central.readAs('reader') });
  expect(await made.ended()).toEqual({ state: 'done' });
});

test('a store whose server is not up waits, and says what its event says', async () => {
  const namespace = uniqueName('store');
  await someone('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  const made = store();
  const tokenSecretRef = { name: 'token', key: 'token', namespace };
  await made.put({ provider: { vault: { server: 'http://127.0.0.1:9', path: 'secret', auth: { tokenSecretRef } } } });
  expect(await made.says(/unable to create client: .*secrets "token" not found/)).toMatchObject({ state: 'waiting' });
});

test('null takes a field away, whoever set it', async () => {
  const name = uniqueName('store');
  const path = `/apis/external-secrets.io/v1/clustersecretstores/${name}`;
  const made = store(name);
  const vault = { server: 'http://127.0.0.1:9', path: 'secret', auth: { tokenSecretRef: { name: 'a', key: 'b' } } };
  await made.put({ provider: { vault } });
  await someone('PATCH', path, { spec: { provider: { vault: { namespace: 'team' } } } });
  await made.put({ provider: { vault: { ...vault, namespace: null } } });
  expect((await someone('GET', path)).spec?.['provider']).toEqual({ vault: { ...vault, version: 'v2' } });
});

test('a store that ExternalSecrets read from is kept, and they are named', async () => {
  const [namespace, name] = [uniqueName('users'), uniqueName('store')];
  await someone('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  const made = store(name);
  await made.put({ provider: central.readAs('reader') });
  expect(await made.keep()).toBeUndefined();
  const kind = operator.kind('external-secrets.external-secret');
  for (const reader of ['one', 'two', 'three', 'four']) {
    const data = [{ key: 'a', remote: { key: 'a' } }];
    await actor(kind, namespace, reader).put({ store: { name, kind: 'ClusterSecretStore' }, data });
  }
  expect(await made.keep()).toBe(
    `ExternalSecrets still read from it: ${namespace}/four, ${namespace}/one, ${namespace}/three and 1 more`,
  );
  const sameName = actor(operator.kind('external-secrets.secret-store'), namespace, name);
  await sameName.put({ provider: central.readAs('reader') });
  expect(await sameName.keep()).toBeUndefined();
});

test('is gone once it is removed, and absent already is success', async () => {
  const made = store();
  await made.put({ provider: central.readAs('reader') });
  await made.remove();
  expect(await made.read()).toEqual({ exists: 'no' });
  await made.remove();
});
