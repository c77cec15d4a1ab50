import { describe, expect, test } from 'vitest';
import { sentenceOf } from '../../../src/engine/findings.ts';
import type { Fields } from '../../../src/engine/value.ts';
import { checkConfig } from '../../../src/providers/azure/config.ts';
import { azure } from '../../../src/providers/azure/index.ts';
import { secret } from '../../../src/secrets/secret.ts';

const tenant = '7C1E0000-0000-0000-0000-00000000000A';
const given = (changes: object = {}) => ({ tenant, vaults: ['kv-1'], credential: { type: 'ambient' }, ...changes });
const guard = expect.objectContaining({ code: 'GUARD' });
const bad = expect.objectContaining({ code: 'BAD_MANIFEST' });
const principal = { type: 'service-principal', clientId: 'x', clientSecret: { from: 'env', name: 'S' } };

describe('the connection in the manifest', () => {
  test('needs a tenant, or a vault that can tell it', () => {
    expect(checkConfig(given({ vaults: undefined }), {}).tenant).toBe(tenant.toLowerCase());
    expect(checkConfig(given({ tenant: undefined }), {}).vaults).toEqual(['kv-1']);
    expect(() => checkConfig(given({ tenant: undefined, vaults: [] }), {})).toThrow(bad);
  });

  test('names the field that is wrong', () => {
    expect(() => checkConfig(given({ tenant: 'example.org' }), {})).toThrow(/connections\.azure\.tenant/);
    expect(() => checkConfig(given({ cloud: 'mars' }), {})).toThrow(/connections\.azure\.cloud/);
    expect(() => checkConfig(given({ authority: 'https://evil.example' }), {})).toThrow(bad);
    expect(() => checkConfig(undefined, {})).toThrow(bad);
  });

  test.each(['a', 'a--b', '1ab', 'ab-', 'a.b', 'evil.example/x', 'a'.repeat(25)])('knows no vault %j', (name) => {
    expect(() => checkConfig(given({ vaults: [name] }), {})).toThrow(bad);
  });

  test('takes a client id as text or from a source, and a secret from a source alone', () => {
    const clientId = { from: 'file', path: 'id' };
    expect(checkConfig(given({ credential: { ...principal, clientId } }), {}).credential).toMatchObject({ clientId });
    expect(() => checkConfig(given({ credential: { ...principal, clientSecret: 'in-clear' } }), {})).toThrow(bad);
    const generated = { from: 'generate', length: 9, alphabet: 'hex' };
    expect(() => checkConfig(given({ credential: { ...principal, clientSecret: generated } }), {})).toThrow(bad);
  });

  test('never mixes the sandbox with the credentials of this machine', () => {
    const loopback = { port: 1234, ca: 'PEM' };
    expect(() => checkConfig(given({ loopback }), {})).toThrow(guard);
    expect(checkConfig(given({ loopback, credential: principal }), {}).loopback).toEqual(loopback);
    expect(() =>
      checkConfig(given({ loopback: { ...loopback, host: 'evil.example' }, credential: principal }), {}),
    ).toThrow(bad);
  });

  test('is refused where the environment turns verification off', () => {
    expect(() => checkConfig(given(), { NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toThrow(guard);
    expect(checkConfig(given(), { NODE_TLS_REJECT_UNAUTHORIZED: '1' }).tenant).toBe(tenant.toLowerCase());
  });
});

const [kind] = azure.kinds;
const problem = (spec: Fields): string => {
  const result = kind?.normalise(spec);
  if (result === undefined) throw new Error('there is no kind');
  return result.ok ? 'no problem' : sentenceOf(result.found);
};
const value = secret('x');

describe('a secret in the manifest', () => {
  test.each<[string, Fields]>([
    ['no problem', { value }],
    [
      'no problem',
      { value: secret('x'.repeat(25 * 1024)), contentType: null, enabled: false, tags: { a: 'b', c: null } },
    ],
    ['25 KB', { value: secret('x'.repeat(25 * 1024 + 1)) }],
    ['25 KB', { value: secret('ä'.repeat(13 * 1024)) }],
    ['secret value', { value: 'in clear' }],
    ['contentType', { value, contentType: 'x'.repeat(256) }],
    ['tags.lab-owner cannot be set', { value, tags: { 'lab-owner': 'me' } }],
    ['tags.Managed-By cannot be set', { value, tags: { 'Managed-By': 'me' } }],
    ['takes no commas', { value, tags: { 'a,b': 'me' } }],
    ['at most 10', { value, tags: Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`t${index}`, 'x'])) }],
    ['too long together', { value, tags: { ['x'.repeat(200)]: '1', ['y'.repeat(60)]: '2' } }],
    ['256', { value, tags: { a: 'x'.repeat(257) } }],
    ['expires', { value, expires: '2030-01-01' }],
  ])('has %s: %j', (expected, spec) => {
    expect(problem(spec)).toContain(expected);
  });

  test('without content type has the empty one, and what is normal stays as it is', () => {
    const once = kind?.normalise({ value, contentType: null });
    expect(once).toEqual({ ok: true, spec: { value, contentType: '' } });
    expect(kind?.normalise({ value, contentType: '' })).toEqual(once);
  });

  test('is one and the same in upper and lower case', () => {
    expect(kind?.identify(['KV-1', 'Crossplane-Azure'], {})).toEqual(['kv-1', 'crossplane-azure']);
  });

  test.each([
    ['kv-1', 'a_b'],
    ['kv-1', 'a/b'],
    ['kv-1', 'a.b'],
    ['kv-1', ''],
    ['kv-1', 'x'.repeat(128)],
    ['k', 'a'],
    ['evil.example', 'a'],
    ['a/../b', 'a'],
  ])('cannot be in vault %j under the name %j', (vault, name) => {
    expect(() => kind?.identify([vault, name], {})).toThrow(bad);
  });
});
