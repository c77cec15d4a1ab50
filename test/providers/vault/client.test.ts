import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { encodeBody } from '../../../src/providers/vault/transport.ts';
import { reveal, secret } from '../../../src/secrets/secret.ts';
import { clientOf, stubServer } from './stub-server.ts';

const any = z.unknown();
const ok = { status: 200, body: { data: { value: 1 } } };
const sealedBody = { errors: ['Vault is sealed'] };

describe('a call', () => {
  test('goes to the encoded path below /v1 with the token', async () => {
    const { address, received } = await stubServer(() => ok);
    const client = await clientOf(address);
    expect(await client.read(['kv', 'data', 'a b/c#d'], z.object({ value: z.number() }))).toEqual({ value: 1 });
    expect(received).toMatchObject([{ method: 'GET', url: '/v1/kv/data/a%20b/c%23d' }]);
    expect(received[0]?.headers['x-vault-token']).toBe('the-login-token');
  });

  test('takes nothing from the environment that node-vault would take', async () => {
    for (const [name, value] of Object.entries({
      VAULT_ADDR: 'http://127.0.0.1:1',
      VAULT_TOKEN: 'ambient-token',
      VAULT_NAMESPACE: 'ambient',
      VAULT_PREFIX: '/ambient',
    })) {
      vi.stubEnv(name, value);
    }
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const { address, received } = await stubServer(() => ok);
    await (await clientOf(address)).read(['sys', 'x'], any);
    expect(received[0]?.url).toBe('/v1/sys/x');
    expect(received[0]?.headers).not.toHaveProperty('x-vault-namespace');
    expect(received[0]?.headers['x-vault-token']).toBe('the-login-token');
  });

  test('that asks for its answer to be wrapped gets a token for it, or fails without a word of the answer', async () => {
    const info = { token: 'hvs.wrapping', wrapped_accessor: 'an-accessor' };
    const answers = [
      { data: null, wrap_info: info },
      { data: { secret_id: 'in the open' }, wrap_info: null },
    ];
    const { address, received } = await stubServer(() => ({ status: 200, body: answers.shift() }));
    const client = await clientOf(address);
    const wrapped = await client.askWrapped(['auth', 'x'], {}, 60);
    expect(received[0]?.headers['x-vault-wrap-ttl']).toBe('60s');
    expect({ ...wrapped, token: reveal(wrapped.token) }).toEqual({ token: 'hvs.wrapping', accessor: 'an-accessor' });
    const refused = await client.askWrapped(['auth', 'x'], {}, 60).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'UNREACHABLE', message: expect.stringContaining('without wrapping it') });
    expect(inspect(refused, { depth: 9 })).not.toContain('in the open');
  });

  test('carries secrets in clear in its body, and says what kind of patch it is', async () => {
    const { address, received } = await stubServer(() => ({ status: 204 }));
    const client = await clientOf(address);
    await client.write('POST', ['kv', 'data', 'a'], { data: { key: secret('"välue"\n') }, options: { cas: 0 } });
    await client.write('PATCH', ['kv', 'data', 'a'], { data: { gone: null } });
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({ data: { key: '"välue"\n' }, options: { cas: 0 } });
    expect(received.map(({ headers }) => headers['content-type'])).toEqual([
      'application/json',
      'application/merge-patch+json',
    ]);
    expect(client.writes()).toBe(2);
  });

  test('a secret alone or in a list is encoded, too, and what is undefined is left out', () => {
    expect(encodeBody({ list: [secret('a'), 'b'], deep: { inner: secret('c') }, none: undefined })).toBe(
      '{"list":["a","b"],"deep":{"inner":"c"}}',
    );
  });
});

describe('the token', () => {
  test('is asked for once, when the first call needs it', async () => {
    let asked = 0;
    const { address } = await stubServer(() => ok);
    const login = { token: async () => secret(`token-${++asked}`), renewable: () => true };
    const client = await clientOf(address, { login });
    expect(asked).toBe(0);
    await Promise.all([client.read(['a'], any), client.read(['b'], any)]);
    await client.read(['c'], any);
    expect(asked).toBe(1);
  });

  test('that dies midway is renewed by one new login, and what it was sent for is sent again', async () => {
    const { address, received } = await stubServer(({ headers }) =>
      headers['x-vault-token'] === 'token-1'
        ? { status: 403, body: { errors: ['2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'] } }
        : ok,
    );
    let asked = 0;
    const login = { token: async () => secret(`token-${++asked}`), renewable: () => true };
    const client = await clientOf(address, { login });
    await Promise.all([client.write('POST', ['a'], { b: 1 }), client.read(['b'], any), client.read(['c'], any)]);
    expect(asked).toBe(2);
    expect(received.filter(({ headers }) => headers['x-vault-token'] === 'token-2')).toHaveLength(3);
    expect(client.writes()).toBe(1);
  });

  test('that is not the token of a login is not renewed', async () => {
    const { address, received } = await stubServer(() => ({
      status: 403,
      body: { errors: ['2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'] },
    }));
    const client = await clientOf(address);
    await expect(client.read(['a'], any)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(received).toHaveLength(1);
  });

  test('is not sent on to where a redirect points', async () => {
    const other = await stubServer(() => ok);
    const { address } = await stubServer(() => ({ status: 307, headers: { location: `${other.address}/v1/a` } }));
    await expect((await clientOf(address)).read(['a'], any)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await expect((await clientOf(address)).write('POST', ['a'], {})).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(other.received).toEqual([]);
  });

  test('is in no error, whatever the server says', async () => {
    const { address } = await stubServer(() => ({ status: 400, body: { errors: ['bad token the-login-token'] } }));
    const error = await (await clientOf(address)).read(['a'], any).catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('the-login-token');
  });
});

describe('a connection that may only read', () => {
  test('refuses every other call before it is sent, and before a token is asked for', async () => {
    const { address, received } = await stubServer(() => ok);
    const login = { token: () => Promise.reject(new Error('the token was asked for')), renewable: () => false };
    const client = await clientOf(address, { readOnly: true, login });
    const guard = { code: 'GUARD' };
    await expect(client.write('POST', ['sys', 'mounts', 'kv'], {})).rejects.toMatchObject(guard);
    await expect(client.write('PATCH', ['kv', 'data', 'a'], {})).rejects.toMatchObject(guard);
    await expect(client.write('POST', ['auth', 'k8s', 'role', 'login'], {})).rejects.toMatchObject(guard);
    await expect(client.remove(['sys', 'mounts', 'kv'])).rejects.toMatchObject(guard);
    expect(received).toEqual([]);
    expect(client.writes()).toBe(0);
  });
});

describe('an answer', () => {
  test('of not-found is undefined for a read and success for a removal', async () => {
    const { address } = await stubServer(() => ({ status: 404, body: { errors: [] } }));
    const client = await clientOf(address);
    expect(await client.read(['a'], any)).toBeUndefined();
    await client.remove(['a']);
  });

  test('of not-found from something that is no Vault is an error, never an absence', async () => {
    const { address } = await stubServer(() => ({ status: 404, body: '<html>not here</html>' }));
    await expect((await clientOf(address)).read(['a'], any)).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });

  test('in another shape names the field and not its value', async () => {
    const { address } = await stubServer(() => ({ status: 200, body: { data: { value: 'unexpected' } } }));
    const reading = (await clientOf(address)).read(['a'], z.object({ value: z.number() }));
    await expect(reading).rejects.toMatchObject({
      code: 'UNREACHABLE',
      detail: { next: expect.stringContaining('"value"') },
      message: expect.not.stringContaining('unexpected'),
    });
  });

  test('that a field was ignored is an error, because Vault dropped it', async () => {
    const warnings = ['Endpoint ignored these unrecognized parameters: [token_perod]'];
    const { address } = await stubServer(() => ({ status: 200, body: { data: null, warnings } }));
    await expect((await clientOf(address)).write('POST', ['a'], {})).rejects.toMatchObject({
      code: 'REJECTED',
      message: expect.stringContaining('token_perod'),
    });
  });

  test('with an error never is an SDK error and never repeats the body', async () => {
    const { address } = await stubServer(() => ({ status: 500, body: { errors: ['cannot store hunter2-hunter2'] } }));
    const body = { data: { key: secret('hunter2-hunter2') } };
    const error = await (await clientOf(address)).write('POST', ['a'], body).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'LabError', code: 'UNREACHABLE' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
  });
});

describe('a further try', () => {
  test('follows what passes by itself, for a write as well', async () => {
    const passing = [
      { status: 503, body: { errors: ['maintenance'] } },
      { status: 400, body: { errors: ['Upgrading from non-versioned to versioned data.'] } },
    ];
    const { address, received } = await stubServer((_, index) => passing[index] ?? { status: 204 });
    const client = await clientOf(address);
    await client.write('POST', ['a'], { x: 1 });
    expect(received.map(({ body }) => body)).toEqual(['{"x":1}', '{"x":1}', '{"x":1}']);
    expect(client.writes()).toBe(1);
  });

  test('ends with the budget', async () => {
    const { address, received } = await stubServer(() => ({ status: 429, body: { errors: ['quota'] } }));
    await expect((await clientOf(address)).read(['a'], any)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(received).toHaveLength(3);
  });

  test('is not made of a write that may have arrived, and is made of a read', async () => {
    const { address, received } = await stubServer((_, index) => (index < 2 ? 'cut' : ok));
    const client = await clientOf(address);
    await expect(client.write('POST', ['a'], {})).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(received).toHaveLength(1);
    await client.read(['a'], any);
    expect(received).toHaveLength(3);
  });

  test('is not made of a sealed Vault', async () => {
    const { address, received } = await stubServer(() => ({ status: 503, body: sealedBody }));
    await expect((await clientOf(address)).read(['a'], any)).rejects.toMatchObject({ message: /is sealed/ });
    expect(received).toHaveLength(1);
  });
});

describe('the tables of mounts and auth methods', () => {
  const entry = {
    type: 'kv',
    description: '',
    accessor: 'kv_1',
    config: { default_lease_ttl: 0, max_lease_ttl: 0 },
    options: { version: '2' },
  };

  test('are asked for once by all who ask at the same time, and again after a write', async () => {
    const { address, received } = await stubServer(() => ({ status: 200, body: { data: { 'team/kv/': entry } } }));
    const client = await clientOf(address);
    const tables = await Promise.all(Array.from({ length: 50 }, () => client.mounts()));
    expect(tables.every((table) => table.get('team/kv')?.accessor === 'kv_1')).toBe(true);
    expect(received).toHaveLength(1);
    await client.write('POST', ['sys', 'mounts', 'other'], {});
    await client.mounts();
    expect(received.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET']);
  });

  test('that are not found are an error, because then nothing would seem to be mounted', async () => {
    const { address } = await stubServer(() => ({ status: 404, body: { errors: [] } }));
    await expect((await clientOf(address)).mounts()).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });
});
