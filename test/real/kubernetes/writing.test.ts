import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../../src/engine/provider.ts';
import type { BoundKind, Live, WriteRequest } from '../../../src/engine/resource.ts';
import { type Fields, isFields, isLiveSecret } from '../../../src/engine/value.ts';
import { reveal, secret } from '../../../src/secrets/secret.ts';
import { fromSource } from '../../../src/secrets/source.ts';
import { connect, isThere, type Stranger, stranger, uniqueName } from './cluster.ts';

const namespace = uniqueName('writing');
const mark = 'test/real/0001';
let connection: Connection;
let someone: Stranger;
const kind = (name: string): BoundKind => connection.kind(`kubernetes.${name}`);
const pathOf = (plural: string, name: string) => `/api/v1/namespaces/${namespace}/${plural}/${name}`;

beforeAll(async () => {
  connection = await connect();
  someone = await stranger();
  await someone('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
});
afterAll(() => connection.close());

const request = (name: string, spec: Fields, live: Live, more: Partial<WriteRequest<Fields>> = {}) => ({
  id: [namespace, name],
  spec,
  live,
  mark,
  fingerprints: {},
  removed: [],
  ...more,
});

const absent: Live = { exists: 'no' };
const sourced = fromSource({
  source: { from: 'env', name: 'NOT_SET' },
  onMissingSource: 'keep',
  onExternalChange: 'keep',
  at: 'lab.yaml:1:1',
});

describe('a write', () => {
  test('of a field that somebody else manages is refused, naming the field and the manager', async () => {
    await someone(
      'PATCH',
      `${pathOf('configmaps', 'shared')}?fieldManager=their-tool`,
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shared' }, data: { mode: 'theirs', other: 'x' } },
      'application/apply-patch+yaml',
    );
    const live = await kind('config-map').read([namespace, 'shared'], {});
    await expect(kind('config-map').write(request('shared', { data: { mode: 'ours' } }, live))).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'somebody else manages data.mode (their-tool)',
    });
    expect((await someone('GET', pathOf('configmaps', 'shared'))).data).toEqual({ mode: 'theirs', other: 'x' });
  });

  test('of a field that somebody has edited by hand since is refused in the same way', async () => {
    await kind('config-map').write(request('edited', { data: { mode: 'ours' } }, absent));
    await someone('PATCH', `${pathOf('configmaps', 'edited')}?fieldManager=kubectl-edit`, { data: { mode: 'theirs' } });
    const live = await kind('config-map').read([namespace, 'edited'], {});
    await expect(kind('config-map').write(request('edited', { data: { mode: 'ours' } }, live))).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'somebody else manages data.mode (kubectl-edit)',
    });
  });

  test('based on an old read is refused as MOVED', async () => {
    await kind('config-map').write(request('moving', { data: { a: '1' } }, absent));
    const live = await kind('config-map').read([namespace, 'moving'], {});
    await someone('PATCH', pathOf('configmaps', 'moving'), { data: { b: '1' } });
    const write = kind('config-map').write(request('moving', { data: { a: '2' } }, live));
    await expect(write).rejects.toMatchObject({ code: 'MOVED' });
  });

  test('to an object that is deleted in between is MOVED, and does not make it anew', async () => {
    await kind('config-map').write(request('deleted', { data: { a: '1' } }, absent));
    const live = await kind('config-map').read([namespace, 'deleted'], {});
    await someone('DELETE', pathOf('configmaps', 'deleted'));
    const write = kind('config-map').write(request('deleted', { data: { a: '2' } }, live));
    await expect(write).rejects.toMatchObject({ code: 'MOVED' });
    expect(await isThere(someone, pathOf('configmaps', 'deleted'))).toBe(false);
  });

  test('of a new object that somebody makes in between is MOVED, and leaves theirs as it was', async () => {
    const data = { theirs: '1' };
    await someone('POST', `/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: 'raced' }, data });
    const write = kind('config-map').write(request('raced', { data: { ours: '1' } }, absent));
    await expect(write).rejects.toMatchObject({ code: 'MOVED' });
    const after = await someone('GET', pathOf('configmaps', 'raced'));
    expect(after.data).toEqual(data);
    expect(after.metadata.annotations).toBeUndefined();
  });

  test('removes what must be absent, also where somebody else put it', async () => {
    await kind('config-map').write(request('nulls', { data: { a: '1' }, labels: { keep: 'yes' } }, absent));
    await someone('PATCH', pathOf('configmaps', 'nulls'), { metadata: { labels: { theirs: '1' } }, data: { b: '2' } });
    const live = await kind('config-map').read([namespace, 'nulls'], {});
    const spec = { data: { a: '1', b: null }, labels: { keep: 'yes', theirs: null } };
    await kind('config-map').write(request('nulls', spec, live));
    const after = await someone('GET', pathOf('configmaps', 'nulls'));
    expect(after.data).toEqual({ a: '1' });
    expect(after.metadata.labels).toEqual({ keep: 'yes', 'app.kubernetes.io/managed-by': 'lab' });
  });

  test('that contributes to an object leaves the mark of its owner on it', async () => {
    await kind('service-account').write(request('marked', { labels: { a: '1' } }, absent));
    const live = await kind('service-account').read([namespace, 'marked'], {});
    const { mark: _mark, ...contribution } = request('marked', { labels: { a: '2' } }, live);
    await kind('service-account').write(contribution);
    expect(await kind('service-account').read([namespace, 'marked'], {})).toMatchObject({
      mark,
      spec: { labels: { a: '2' }, annotations: {} },
    });
  });

  test('that contributes to an object does not mind that others have changed it since', async () => {
    await someone('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'busy' } });
    const live = await kind('service-account').read([namespace, 'busy'], {});
    await someone('PATCH', pathOf('serviceaccounts', 'busy'), { metadata: { labels: { theirs: '1' } } });
    const { mark: _mark, ...contribution } = request('busy', { annotations: { role: 'reader' } }, live);
    await kind('service-account').write(contribution);
    const after = await someone('GET', pathOf('serviceaccounts', 'busy'));
    expect(after.metadata).toMatchObject({ labels: { theirs: '1' }, annotations: { role: 'reader' } });
  });
});

describe('release', () => {
  test('gives the contributed fields and the mark back, and leaves the object and the fields of others', async () => {
    await someone('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, {
      metadata: { name: 'released', labels: { theirs: '1' } },
    });
    const live = await kind('service-account').read([namespace, 'released'], {});
    await kind('service-account').write(request('released', { annotations: { role: 'reader' } }, live));
    await kind('service-account').release([namespace, 'released']);
    const { metadata } = await someone('GET', pathOf('serviceaccounts', 'released'));
    expect(metadata.labels).toEqual({ theirs: '1' });
    expect(metadata.annotations).toBeUndefined();
    expect(metadata.managedFields.map(({ manager }) => manager)).not.toContain('lab');
  });

  test('of what is not there makes nothing', async () => {
    await kind('service-account').release([namespace, 'never-there']);
    expect(await isThere(someone, pathOf('serviceaccounts', 'never-there'))).toBe(false);
  });
});

describe('a Secret', () => {
  const valueOf = (live: Live, key: string): string | undefined => {
    const data = live.exists === 'yes' ? live.spec['data'] : undefined;
    const field = isFields(data) ? data[key] : undefined;
    return isLiveSecret(field) && field.value !== undefined ? reveal(field.value) : undefined;
  };

  test('is written and read with its values as secrets, and fingerprints beside them', async () => {
    const spec = { data: { 'ca.crt': secret('a value'), gone: null } };
    await kind('secret').write(request('plain', spec, absent, { fingerprints: { 'data["ca.crt"]': 'v1:k:f' } }));
    const live = await kind('secret').read([namespace, 'plain'], {});
    expect(valueOf(live, 'ca.crt')).toBe('a value');
    expect(live).toMatchObject({ mark, spec: { data: { 'ca.crt': { fingerprint: 'v1:k:f' } } } });
    expect(JSON.stringify(live)).not.toContain('a value');
    expect(JSON.stringify(live)).not.toContain(Buffer.from('a value').toString('base64'));
    expect((await someone('GET', pathOf('secrets', 'plain'))).data).toEqual({ 'ca.crt': 'YSB2YWx1ZQ==' });
  });

  test('keeps every byte of a key whose source has no value now', async () => {
    const bytes = Buffer.from([0, 255, 254, 128, 10]).toString('base64');
    const spec = { data: { store: secret('first'), word: secret('one') } };
    await kind('secret').write(request('binary', spec, absent, { fingerprints: { 'data.store': 'v1:k:f' } }));
    await someone('PATCH', pathOf('secrets', 'binary'), { data: { store: bytes } });
    const live = await kind('secret').read([namespace, 'binary'], {});
    expect(live).toMatchObject({ spec: { data: { store: { fingerprint: 'v1:k:f', moved: true } } } });
    await kind('secret').write(request('binary', { data: { store: sourced, word: secret('two') } }, live));
    const after = await someone('GET', pathOf('secrets', 'binary'));
    expect(after.data).toEqual({ store: bytes, word: Buffer.from('two').toString('base64') });
  });

  test('loses a key that must be absent, also where somebody else put it', async () => {
    await kind('secret').write(request('surplus', { data: { a: secret('1') } }, absent));
    await someone('PATCH', pathOf('secrets', 'surplus'), { data: { b: 'Mg==' } });
    const live = await kind('secret').read([namespace, 'surplus'], {});
    await kind('secret').write(request('surplus', { data: { a: secret('1'), b: null } }, live));
    expect((await someone('GET', pathOf('secrets', 'surplus'))).data).toEqual({ a: 'MQ==' });
  });

  test("does not show kubectl's copy of it", async () => {
    const copy = JSON.stringify({ data: { a: 'c2VjcmV0LWNvcHk=' } });
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': copy };
    const body = { metadata: { name: 'copied', annotations }, data: { a: 'c2VjcmV0LWNvcHk=' } };
    await someone('POST', `/api/v1/namespaces/${namespace}/secrets`, body);
    const ref = { group: '', kind: 'Secret', namespace };
    const seen = [
      await kind('secret').read([namespace, 'copied'], {}),
      await connection.offers.objects?.get({ ...ref, name: 'copied' }),
      await connection.offers.objects?.list(ref),
    ];
    expect(seen[1]).toMatchObject({ metadata: { name: 'copied' } });
    expect(JSON.stringify(seen)).not.toContain('c2VjcmV0LWNvcHk=');
  });

  test('that the server refuses is an error without a byte of it', async () => {
    const spec = { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': secret('{"not closed') } };
    const error = await kind('secret')
      .write(request('refused', spec, absent))
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'REJECTED', message: expect.stringContaining('data[.dockerconfigjson]') });
    expect(JSON.stringify([error, String(error)])).not.toContain('not closed');
  });

  test('in a namespace that is not there is refused, saying so', async () => {
    const write = kind('secret').write({ ...request('x', { data: {} }, absent), id: ['no-such-namespace', 'x'] });
    await expect(write).rejects.toMatchObject({
      code: 'REJECTED',
      message: expect.stringContaining('namespaces "no-such-namespace" not found'),
    });
  });
});
