import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObjectApi, TokenIssuer } from '../../../src/engine/ports.ts';
import type { Connection } from '../../../src/engine/provider.ts';
import { isSecret, reveal } from '../../../src/secrets/secret.ts';
import { connect, type Stranger, stranger, uniqueName } from './cluster.ts';

const namespace = uniqueName('offers');
let connection: Connection;
let objects: ObjectApi;
let tokens: TokenIssuer;
let someone: Stranger;

beforeAll(async () => {
  connection = await connect({ readOnly: true });
  const { offers } = connection;
  if (offers.objects === undefined || offers.tokens === undefined) throw new Error('the provider offers too little');
  [objects, tokens] = [offers.objects, offers.tokens];
  someone = await stranger();
  await someone('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  await someone('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'reader' } });
});
afterAll(() => connection.close());

const claims = (jwt: string) => JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());

describe('tokens', () => {
  test('are of the service account and for the audiences asked for, and persist nothing', async () => {
    const token = await tokens.token({ namespace, name: 'reader' }, ['vault']);
    expect(isSecret(token)).toBe(true);
    expect(claims(reveal(token))).toMatchObject({
      aud: ['vault'],
      sub: `system:serviceaccount:${namespace}:reader`,
    });
    expect(connection.writes()).toBe(0);
  });

  test('of a service account that is not there are refused by name', async () => {
    await expect(tokens.token({ namespace, name: 'missing' }, [])).rejects.toMatchObject({
      code: 'REJECTED',
      message: expect.stringContaining(`${namespace}/missing`),
    });
  });
});

describe('objects', () => {
  test('tell which versions of a type are served, the preferred one first', async () => {
    expect(await objects.versions('external-secrets.io', 'ExternalSecret')).toEqual(['v1']);
    expect((await objects.versions('autoscaling', 'HorizontalPodAutoscaler'))[0]).toBe('v2');
    expect(await objects.versions('no-such-group.example', 'Thing')).toEqual([]);
    expect(await objects.versions('', 'NoSuchKind')).toEqual([]);
  });

  test('are listed with their type, page by page', async () => {
    const names = Array.from({ length: 3 }, (_, index) => `listed-${index}`);
    for (const name of names) {
      await someone('POST', `/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name } });
    }
    const found = await objects.list({ group: '', kind: 'ConfigMap', namespace });
    expect(found.filter(({ kind, apiVersion }) => kind === 'ConfigMap' && apiVersion === 'v1')).toHaveLength(
      found.length,
    );
    expect(found.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(names));
  });

  test('take a merge patch and give the new object back', async () => {
    const writer = await connect();
    await someone('POST', `/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: 'merged' } });
    const ref = { group: '', kind: 'ConfigMap', namespace, name: 'merged' };
    const merged = await writer.offers.objects?.merge(ref, { metadata: { annotations: { 'force-sync': '1' } } });
    expect(merged?.metadata.annotations).toEqual({ 'force-sync': '1' });
    expect(writer.writes()).toBe(1);
    await writer.close();
  });
});
