import { expect, test } from 'vitest';
import { toDescription } from '../../../src/providers/vault/description.ts';

const takes = (...words: readonly string[]) => ({
  post: {
    requestBody: {
      content: {
        'application/json': { schema: { type: 'object', properties: Object.fromEntries(words.map((w) => [w, {}])) } },
      },
    },
  },
});

const referring = (name: string) => ({
  post: { requestBody: { content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } } } },
});

const described = (paths: Readonly<Record<string, unknown>>, title = 'HashiCorp Vault API', version = '1.21.4') =>
  toDescription({
    info: { title, version },
    paths,
    components: { schemas: { Role: { properties: { ttl: {}, audience: {} } }, Any: { additionalProperties: true } } },
  });

test('a Vault is told from an OpenBao by the title', () => {
  expect(described({})?.server).toBe('vault 1.21.4');
  expect(described({}, 'OpenBao API', '2.4.1')?.server).toBe('openbao 2.4.1');
});

test('something else is no description', () => {
  expect(toDescription({ data: {} })).toBeUndefined();
  expect(toDescription('<html>')).toBeUndefined();
});

test.each([
  ['auth/kubernetes/role/app', ['ttl', 'audience']],
  ['auth/kubernetes/config', ['host']],
  ['sys/mounts/team/db/tune', ['options']],
  ['sys/mounts/team/db', ['type']],
  ['a.b/config', ['max']],
  ['kv/anything/at/all', 'any'],
  ['kv1/anything/at/all', 'any'],
  ['patched/x', ['usage']],
  ['read/only', undefined],
  ['aXb/config', undefined],
  ['nowhere', undefined],
] as const)('the words of %s', (path, words) => {
  const description = described({
    '/auth/kubernetes/config': takes('host'),
    '/auth/kubernetes/{name}': takes('wrong'),
    '/auth/kubernetes/role/{name}': referring('Role'),
    '/sys/mounts/{path}': takes('type'),
    '/sys/mounts/{path}/tune': takes('options'),
    '/a.b/config': takes('max'),
    '/kv/{path}': referring('Any'),
    '/kv1/{path}': { get: {}, post: { responses: {} } },
    '/patched/{name}': { patch: takes('usage').post },
    '/read/only': { get: {} },
  });
  const found = description?.wordsOf(path);
  expect(found instanceof Set ? [...found] : found).toEqual(words);
});
