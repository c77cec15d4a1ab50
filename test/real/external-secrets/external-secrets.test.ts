import { beforeAll, expect, test } from 'vitest';
import type { Connection } from '../../../src/engine/provider.ts';
import type { Fields } from '../../../src/engine/value.ts';
import { type Stranger, stranger, uniqueName } from '../kubernetes/cluster.ts';
import { makeCentral } from './central.ts';
import { actor, connectOperator } from './operator.ts';

const value = 'a value with spaces';
const namespace = uniqueName('sync');
const [full, other] = [uniqueName('full'), uniqueName('other')];

let operator: Connection;
let someone: Stranger;
beforeAll(async () => {
  someone = await stranger();
  [, operator] = await connectOperator();
  await someone('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  const fill = async (name: string, keys: readonly string[]) => {
    const central = await makeCentral(someone, Object.fromEntries(keys.map((key) => [key, value])));
    const store = actor(operator.kind('external-secrets.cluster-secret-store'), name);
    await store.put({ provider: central.readAs('reader') });
    expect(await store.ended()).toEqual({ state: 'done' });
  };
  await Promise.all([fill(full, ['a', 'b']), fill(other, ['a'])]);
});

const externalSecret = (name: string) => actor(operator.kind('external-secrets.external-secret'), namespace, name);
const reads = (keys: readonly string[], store = full): Fields => ({
  store: { name: store, kind: 'ClusterSecretStore' },
  data: keys.map((key) => ({ key, remote: { key: 'central', property: key } })),
});
const path = (name: string) => `/apis/external-secrets.io/v1/namespaces/${namespace}/externalsecrets/${name}`;
const secrets = `/api/v1/namespaces/${namespace}/secrets`;
const secret = (name: string) => someone('GET', `${secrets}/${name}`);
const keysOf = async (name: string) => Object.keys((await secret(name)).data ?? {}).toSorted();

test('is done once the Secret holds the keys, and the operator found nothing to rewrite', async () => {
  const made = externalSecret('plain');
  await made.put({ ...reads(['a', 'b']), refresh: 5400 });
  expect(await made.ended()).toEqual({ state: 'done' });
  expect(await keysOf('plain')).toEqual(['a', 'b']);
  expect((await someone('GET', path('plain'))).metadata).toMatchObject({ generation: 1 });
  expect(await made.read()).toMatchObject({ spec: { ...reads(['a', 'b']), refresh: 5400 }, mark: 'real/test/0' });
});

test('after a change it is done only once the change is in the Secret', async () => {
  const made = externalSecret('changing');
  for (const keys of [['a'], ['a', 'b'], ['b']]) {
    await made.put(reads(keys));
    expect(await made.ended()).toEqual({ state: 'done' });
    expect(await keysOf('changing')).toEqual(keys);
  }
});

test('keeps the ownership mark off the Secret', async () => {
  const made = externalSecret('unmarked');
  await made.put(reads(['a']));
  await made.ended();
  const { labels = {}, annotations = {} } = (await secret('unmarked')).metadata;
  expect(
    Object.keys({ ...labels, ...annotations }).filter((name) => !name.startsWith('reconcile.external-secrets.io/')),
  ).toEqual([]);
});

test('labels come and go with the template, and the keys stay', async () => {
  const made = externalSecret('labelled');
  const template = { type: 'Opaque', metadata: { labels: { team: 'a' } } };
  for (const target of [undefined, { template }, undefined, { template }, { template: { type: 'Opaque' } }]) {
    await made.put({ ...reads(['a']), ...(target === undefined ? {} : { target }) });
    expect(await made.ended()).toEqual({ state: 'done' });
    const { labels } = (await secret('labelled')).metadata;
    expect(labels?.['team']).toBe(target?.template === template ? 'a' : undefined);
    expect(await keysOf('labelled')).toEqual(['a']);
  }
});

test('takes refresh in and out without a conflict with the operator', async () => {
  const made = externalSecret('refreshing');
  const intervals = async () => (await someone('GET', path('refreshing'))).spec?.['refreshInterval'];
  await made.put(reads(['a']));
  expect(await made.ended()).toEqual({ state: 'done' });
  expect(await intervals()).toBe('1h0m0s');
  await made.put({ ...reads(['a']), refresh: 7200 });
  expect(await made.ended()).toEqual({ state: 'done' });
  expect(await intervals()).toBe('2h0m0s');
  await made.put(reads(['a']));
  expect(await intervals()).toBe('2h0m0s');
  await made.put(reads(['a']), ['refresh']);
  expect(await intervals()).toBe('1h0m0s');
});

test('a key that the store does not have keeps it waiting, and the reason names key and store', async () => {
  const made = externalSecret('missing');
  await made.put(reads(['a', 'zz']));
  expect(await made.says(/does not exist/)).toEqual({
    state: 'waiting',
    because: `cannot read central#a, central#zz from ClusterSecretStore ${full}: error processing spec.data[1] (key: central), err: property zz does not exist in data of secret "central"`,
  });
  await made.put(reads(['a']));
  expect(await made.ended()).toEqual({ state: 'done' });
});

test('a store that is not there keeps it waiting', async () => {
  const made = externalSecret('storeless');
  await made.put(reads(['a'], 'nowhere'));
  expect(await made.says(/ClusterSecretStore nowhere: .*"nowhere" not found/)).toMatchObject({ state: 'waiting' });
});

test('a change of the store that fails leaves the Secret as it was', async () => {
  const made = externalSecret('moving');
  await made.put(reads(['a', 'b']));
  expect(await made.ended()).toEqual({ state: 'done' });
  await made.put(reads(['a', 'b'], other));
  expect(await made.says(/property b does not exist/)).toMatchObject({ state: 'waiting' });
  expect(await keysOf('moving')).toEqual(['a', 'b']);
});

test('nothing that a template made of a value is quoted', async () => {
  const made = externalSecret('quoting');
  const labels = { broken: '{{ .a }}' };
  await made.put({ ...reads(['a']), target: { template: { metadata: { labels } } } });
  const settled = await made.says(/could not update secret/);
  expect(settled).toMatchObject({ state: 'waiting' });
  expect(JSON.stringify(settled)).not.toContain(value);
});

test('refuses a Secret that somebody else made, and touches nothing', async () => {
  const data = { mine: 'eA==' };
  await someone('POST', secrets, { metadata: { name: 'foreign' }, data });
  const made = externalSecret('foreign');
  await expect(made.put(reads(['a']))).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(made.put({ ...reads(['a']), target: { creationPolicy: 'Orphan' } })).rejects.toThrow(/wipe/);
  expect(await made.read()).toEqual({ exists: 'no' });
  expect((await secret('foreign')).data).toEqual(data);
  await made.put({ ...reads(['a']), target: { creationPolicy: 'Merge' } });
  expect(await made.ended()).toEqual({ state: 'done' });
  expect(await keysOf('foreign')).toEqual(['a', 'mine']);
});

test('refuses the Secret of another ExternalSecret', async () => {
  const first = externalSecret('first');
  await first.put(reads(['a']));
  await first.ended();
  const second = externalSecret('second');
  await expect(second.put({ ...reads(['a']), target: { name: 'first' } })).rejects.toThrow(
    `Secret ${namespace}/first is made by ExternalSecret first`,
  );
});

test('takes back the Secret that it left behind itself', async () => {
  const made = externalSecret('left');
  await made.put({ ...reads(['a']), target: { creationPolicy: 'Orphan' } });
  await made.ended();
  await made.remove();
  expect(await keysOf('left')).toEqual(['a']);
  await made.put(reads(['b']));
  expect(await made.ended()).toEqual({ state: 'done' });
  expect(await keysOf('left')).toEqual(['b']);
});

test('two that want one Secret: the second fails at once, and is done once it has a target of its own', async () => {
  const [first, second] = [externalSecret('winner'), externalSecret('loser')];
  await second.put({ ...reads(['a']), target: { name: 'contested' } });
  await second.ended();
  await second.put({ ...reads(['a']), target: { name: 'loser' } });
  await second.ended();
  await first.put({ ...reads(['a']), target: { name: 'contested' } });
  await first.ended();
  await second.put({ ...reads(['b']), target: { name: 'contested' } });
  // Whose it is, an event tells, which may come after the condition.
  expect(await second.ended()).toMatchObject({ state: 'failed' });
  expect(await second.says(/owned by another ExternalSecret: winner/)).toMatchObject({ state: 'failed' });
  await second.put({ ...reads(['b']), target: { name: 'loser' } });
  expect(await second.ended()).toEqual({ state: 'done' });
});

test('an immutable Secret is a failure at once, and a second change that keeps failing is one too', async () => {
  const made = externalSecret('immutable');
  await made.put(reads(['a']));
  await made.ended();
  await someone('PATCH', `${secrets}/immutable`, { immutable: true });
  await made.put(reads(['b']));
  expect(await made.ended()).toMatchObject({ state: 'failed', because: expect.stringContaining('immutable') });
  await made.put(reads(['a', 'b']));
  expect(await made.ended()).toMatchObject({ state: 'failed', because: expect.stringContaining('immutable') });
  expect(await keysOf('immutable')).toEqual(['a']);
});

test('a change that refresh 0 makes the operator ignore is a failure', async () => {
  const made = externalSecret('once');
  await made.put({ ...reads(['a']), refresh: 0 });
  expect(await made.ended()).toEqual({ state: 'done' });
  await made.put({ ...reads(['a', 'b']), refresh: 0 });
  expect(await made.ended()).toMatchObject({ state: 'failed', because: expect.stringContaining('refresh 0') });
  await made.put({ ...reads(['a', 'b']), refresh: 600 });
  expect(await made.ended()).toEqual({ state: 'done' });
  expect(await keysOf('once')).toEqual(['a', 'b']);
});

test('success without a Secret is not done', async () => {
  const made = externalSecret('merging');
  await made.put({ ...reads(['a']), target: { name: 'not-there', creationPolicy: 'Merge' } });
  expect(await made.says(/will not be created/)).toMatchObject({ state: 'waiting' });
});

test('what somebody adds to an entry is seen', async () => {
  const made = externalSecret('edited');
  await made.put(reads(['a']));
  await made.ended();
  const data = [{ secretKey: 'a', remoteRef: { key: 'a', conversionStrategy: 'Unicode' } }];
  await someone('PATCH', path('edited'), { spec: { data } });
  expect(await made.read()).toMatchObject({
    spec: { data: [{ key: 'a', remote: { key: 'a', conversionStrategy: 'Unicode' } }] },
  });
});

test('is gone with its Secret once it is removed', async () => {
  const made = externalSecret('leaving');
  await made.put(reads(['a']));
  await made.ended();
  await made.remove();
  expect(await made.read()).toEqual({ exists: 'no' });
  await expect(secret('leaving')).rejects.toThrow('404');
  await made.remove();
});

test('verify makes the operator read its store now, and leaves no trace', async () => {
  const central = await makeCentral(someone, { a: value });
  const store = uniqueName('proven');
  await actor(operator.kind('external-secrets.cluster-secret-store'), store).put({
    provider: central.readAs('reader'),
  });
  const made = externalSecret('proven');
  await made.put(reads(['a'], store));
  expect(await made.ended()).toEqual({ state: 'done' });
  const check = 'External Secrets reads its store now';
  const prove = () =>
    operator.kind('external-secrets.external-secret').verify([namespace, 'proven'], reads(['a'], store));
  expect(await prove()).toEqual([{ is: 'proven', check }]);
  expect((await someone('GET', path('proven'))).metadata.annotations?.['force-sync']).toBeUndefined();
  await someone('DELETE', `/api/v1/namespaces/${central.namespace}/secrets/central`);
  // Ready still says so for an hour.
  expect(await made.ended()).toEqual({ state: 'done' });
  expect(await prove()).toEqual([
    {
      is: 'failed',
      check,
      expected: 'its values in the Secret',
      found: expect.stringContaining(`cannot read central#a from ClusterSecretStore ${store}`),
    },
  ]);
  expect((await someone('GET', path('proven'))).metadata.annotations?.['force-sync']).toBeUndefined();
});

test('verify does not try what reads its store only once', async () => {
  const made = externalSecret('once-only');
  await made.put({ ...reads(['a']), refresh: 0 });
  expect(await made.ended()).toEqual({ state: 'done' });
  expect(
    await operator.kind('external-secrets.external-secret').verify([namespace, 'once-only'], reads(['a'])),
  ).toEqual([expect.objectContaining({ is: 'untried' })]);
});
