import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { vault } from '../../../src/providers/vault/index.ts';
import { chosenProgram } from '../../servers/vault-program.ts';
import { config, connectFor, context, stranger, tokenFor, uniqueName } from './server.ts';

const mounts = { id: ['kv'], spec: {} };

describe('the token', () => {
  test('is not needed to tell gate, scope and description', async () => {
    const connection = await vault.connect(config(), { ...context(), resolve: async () => undefined });
    expect(await connection.gate('vault.active')).toEqual({ state: 'open' });
    expect(await connection.scope()).toMatch(/^[0-9a-f-]{36}$/);
    const { name, version } = chosenProgram();
    expect(await connection.describe()).toBe(`${name} ${version} at ${inject('servers').vault.address} (active)`);
    await connection.close();
  });

  test('that has no source is missed by the first call that needs it', async () => {
    const connection = await connectFor({ ...context(), resolve: async () => undefined });
    await expect(connection.kind('vault.mount').read(mounts.id, mounts.spec)).rejects.toMatchObject({
      code: 'MISSING_SOURCE',
      message: /env APPLY_TOKEN has none/,
    });
  });

  test('that Vault does not know is named by its source, not by its value', async () => {
    const connection = await connectFor(context({ APPLY_TOKEN: 'hvs.not-a-token-of-this-vault' }));
    const error = await connection
      .kind('vault.mount')
      .read(mounts.id, {})
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', message: expect.stringContaining('env APPLY_TOKEN') });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hvs.');
  });

  test('that dies during the run is UNAUTHENTICATED, not a denied path', async () => {
    const token = await tokenFor('path "sys/policies/acl/*" { capabilities = ["read"] }');
    const connection = await connectFor(context({ APPLY_TOKEN: token }));
    expect(await connection.kind('vault.policy').read(['no-such'], {})).toEqual({ exists: 'no' });
    await stranger('POST', 'auth/token/revoke-self', {}, token);
    await expect(connection.kind('vault.policy').read(['no-such'], {})).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  test('without the right to a path is DENIED with the capability to grant', async () => {
    const token = await tokenFor('path "sys/policies/acl/*" { capabilities = ["read"] }');
    const connection = await connectFor(context({ APPLY_TOKEN: token }));
    await expect(connection.kind('vault.mount').read(mounts.id, {})).rejects.toMatchObject({
      code: 'DENIED',
      detail: { next: expect.stringContaining('read on "sys/mounts"') },
    });
  });

  test('of the environment goes only to the Vault that VAULT_ADDR names', async () => {
    const { address, token } = inject('servers').vault;
    const own = { auth: 'token', token: { from: 'env', name: 'VAULT_TOKEN' } };
    const given = { ...config(), login: { plan: own, apply: own } };
    const reading = async (env: Record<string, string>) => {
      const connection = await vault.connect(given, context({ VAULT_TOKEN: token, ...env }));
      return connection
        .kind('vault.mount')
        .read(['no-such'], {})
        .finally(() => connection.close());
    };
    expect(await reading({ VAULT_ADDR: `${address}/` })).toEqual({ exists: 'no' });
    await expect(reading({ VAULT_ADDR: 'https://vault.example' })).rejects.toMatchObject({ code: 'GUARD' });
    await expect(reading({})).rejects.toMatchObject({ code: 'GUARD' });
  });

  test('is the one for plan on a connection that may only read, which writes nothing', async () => {
    const plan = await tokenFor('path "sys/mounts" { capabilities = ["read"] }');
    const connection = await connectFor(context({ PLAN_TOKEN: plan, APPLY_TOKEN: 'not-used' }, true));
    const name = uniqueName('mount');
    const kind = connection.kind('vault.mount');
    expect(await kind.read([name], {})).toEqual({ exists: 'no' });
    const request = {
      id: [name],
      spec: { type: 'kv-v2' },
      live: { exists: 'no' } as const,
      fingerprints: {},
      removed: [],
    };
    await expect(kind.write(request)).rejects.toMatchObject({ code: 'GUARD' });
    await expect(kind.remove([name])).rejects.toMatchObject({ code: 'GUARD' });
    expect(connection.writes()).toBe(0);
    expect((await stranger('GET', `sys/mounts/${name}`)).status).toBe(400);
  });
});

describe('a connection', () => {
  test('to a certificate authority file that is not there says so', async () => {
    await expect(vault.connect(config(), context({ VAULT_CACERT: '/no/such/ca.pem' }))).rejects.toMatchObject({
      code: 'MISSING_SOURCE',
      message: /VAULT_CACERT/,
    });
  });

  test('trusts a certificate only by the authority that is named, whatever Node is told', async () => {
    // The API server of the cluster is the one TLS server at hand; it is no Vault, but that is asked second.
    const { url, caFile } = inject('servers');
    const gate = async (env: Record<string, string>) => {
      const connection = await vault.connect(config(url), context(env));
      return connection.gate('vault.active').finally(() => connection.close());
    };
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    expect(await gate({})).toMatchObject({ state: 'broken', because: expect.stringContaining('not trusted') });
    expect(await gate({ VAULT_CACERT: caFile })).toMatchObject({
      state: 'broken',
      because: expect.stringContaining('but not as Vault does'),
    });
  });

  test('that is cancelled is CANCELLED, not unreachable', async () => {
    const controller = new AbortController();
    const connection = await connectFor({ ...context(), signal: controller.signal });
    controller.abort();
    await expect(connection.kind('vault.mount').read(['kv'], {})).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
