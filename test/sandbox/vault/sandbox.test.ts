import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { sandboxRootToken, startVaultSandbox, type VaultSandboxOptions } from '../../../src/sandbox/vault/start.ts';
import { callerOf } from '../../support/vault-api/caller.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'lab-sandbox-vault-'));
  folders.push(folder);
  return folder;
};

const start = async (options: Partial<VaultSandboxOptions> = {}) => {
  const vault = await startVaultSandbox({ seed: 'seed', ...options });
  onTestFinished(() => vault.stop());
  const call = callerOf(() => ({ address: vault.address, token: vault.rootToken }));
  return { vault, call };
};

describe("the sandbox's Vault", () => {
  test('begins absent, and comes and goes at one address', async () => {
    const { vault, call } = await start();
    expect(vault.state()).toBe('absent');
    await expect(call('GET', 'sys/health')).rejects.toThrow('fetch failed');
    const statuses: number[] = [];
    for (const state of ['uninitialised', 'sealed', 'standby', 'active'] as const) {
      await vault.enter(state);
      statuses.push((await call('GET', 'sys/health')).status);
    }
    expect(statuses).toEqual([501, 503, 429, 200]);
    await vault.enter('absent');
    await expect(call('GET', 'sys/health')).rejects.toThrow('fetch failed');
  });

  test('has a root token that its seed decides, equal in every run', async () => {
    const { vault, call } = await start({ state: 'active' });
    expect(vault.rootToken).toBe(sandboxRootToken('seed'));
    expect(vault.rootToken).not.toBe(sandboxRootToken('another'));
    expect((await call('GET', 'auth/token/lookup-self')).body.data.policies).toEqual(['root']);
  });

  test('keeps what it holds through sealing and absence, and loses it when it is emptied', async () => {
    const { vault, call } = await start({ state: 'active' });
    await call('POST', 'sys/mounts/kv', { type: 'kv-v2' });
    for (const state of ['sealed', 'absent', 'active'] as const) await vault.enter(state);
    expect((await call('GET', 'sys/mounts/kv')).status).toBe(200);
    await vault.enter('uninitialised');
    await vault.enter('active');
    expect((await call('GET', 'sys/mounts/kv')).status).toBe(400);
  });

  test('a standby answers nothing but its health', async () => {
    const { call } = await start({ state: 'standby' });
    expect(await call('GET', 'sys/mounts')).toEqual({
      status: 500,
      body: { errors: ['local node not active but active cluster node not found'] },
    });
    expect((await call('GET', 'sys/health?standbyok=true')).status).toBe(200);
    expect((await call('GET', 'sys/seal-status')).body.sealed).toBe(false);
  });

  test('goes on where it stopped, in a file for its user alone', async () => {
    const file = join(await temporaryFolder(), 'vault.json');
    const first = await startVaultSandbox({ seed: 'seed', file, state: 'active' });
    const before = callerOf(() => ({ address: first.address, token: first.rootToken }));
    await before('POST', 'sys/mounts/kv', { type: 'kv-v2' });
    await before('POST', 'kv/data/a', { data: { a: '1' } });
    const { cluster_id: clusterId } = (await before('GET', 'sys/health')).body;
    await first.stop();
    expect((await stat(file)).mode & 0o777).toBe(0o600);

    const { vault, call } = await start({ file });
    expect(vault.state()).toBe('active');
    expect((await call('GET', 'kv/data/a')).body.data.data).toEqual({ a: '1' });
    expect((await call('GET', 'sys/health')).body.cluster_id).toBe(clusterId);
  });

  test('can have service account tokens judged by somebody else', async () => {
    const asked: unknown[] = [];
    const { call } = await start({
      state: 'active',
      reviewToken: async (review) => {
        asked.push(review);
        return { username: 'system:serviceaccount:ns:app', uid: '1' };
      },
    });
    const claims = {
      aud: ['cluster'],
      'kubernetes.io': { namespace: 'ns', serviceaccount: { name: 'app', uid: '1' } },
    };
    const jwt = `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
    await call('POST', 'sys/auth/kubernetes', { type: 'kubernetes' });
    await call('POST', 'auth/kubernetes/config', { kubernetes_host: 'https://cluster', disable_local_ca_jwt: true });
    await call('POST', 'auth/kubernetes/role/app', {
      bound_service_account_names: 'app',
      bound_service_account_namespaces: 'ns',
    });
    expect((await call('POST', 'auth/kubernetes/login', { role: 'app', jwt })).status).toBe(200);
    expect(asked).toEqual([{ host: 'https://cluster', ca: '', bearer: jwt, jwt, audiences: ['cluster'] }]);
  });

  test('says what it does not serve', async () => {
    const { call } = await start({ state: 'active' });
    await call('POST', 'sys/mounts/engine', { type: 'transit' });
    const told = async (path: string) => (await call('GET', path)).body.errors;
    expect(await told('engine/keys/x')).toEqual(['the sandbox does not serve what lies below transit']);
    const batch = await call('POST', 'auth/token/create-orphan', { type: 'batch', policies: ['default'] });
    expect(batch.body.errors).toEqual(['the sandbox issues service tokens only, not "batch"']);
  });
});
