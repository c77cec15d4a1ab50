import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callerOf, done, refused, together } from './caller.ts';

/** A Vault of its own, with empty storage. */
export interface FreshVault {
  readonly address: string;
  stop(): Promise<void>;
}

const health = (more: object) => ({
  initialized: false,
  sealed: true,
  standby: true,
  performance_standby: false,
  replication_performance_mode: 'unknown',
  replication_dr_mode: 'unknown',
  server_time_utc: expect.any(Number),
  version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
  enterprise: false,
  echo_duration_ms: 0,
  clock_skew_ms: 0,
  replication_primary_canary_age_ms: 0,
  ...more,
});

const status = (more: object) => ({
  type: 'shamir',
  initialized: true,
  sealed: true,
  t: 2,
  n: 3,
  progress: 0,
  nonce: '',
  version: expect.any(String),
  build_date: expect.any(String),
  migration: false,
  recovery_seal: false,
  storage_type: 'inmem',
  ...more,
});

const named = {
  cluster_name: expect.stringMatching(/^vault-cluster-/),
  cluster_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
};
const inService = health({
  initialized: true,
  sealed: false,
  standby: false,
  replication_performance_mode: 'disabled',
  replication_dr_mode: 'disabled',
  ...named,
});
const sealed = refused(503, 'Vault is sealed');

/** From empty storage to service and back to sealed; each test goes on where the one before ended. */
export const describeVaultLifecycle = (name: string, start: () => Promise<FreshVault>): void => {
  describe(`the life of ${name}`, () => {
    let vault: FreshVault;
    let keys: string[];
    let base64: string[];
    let root = '';
    const call = callerOf(() => ({ address: vault.address, token: root }));

    beforeAll(async () => {
      vault = await start();
    });
    afterAll(() => vault.stop());

    test('uninitialised: health is 501, all else is sealed', async () => {
      expect(await call('GET', 'sys/health')).toEqual({ status: 501, body: health({}) });
      expect((await call('GET', 'sys/health?uninitcode=200')).status).toBe(200);
      expect(await call('GET', 'sys/init')).toEqual({ status: 200, body: { initialized: false } });
      expect(await call('GET', 'sys/seal-status')).toEqual({
        status: 200,
        body: status({ initialized: false, t: 0, n: 0 }),
      });
      expect(await call('GET', 'sys/mounts')).toEqual(sealed);
      expect(await call('PUT', 'sys/unseal', { key: 'ab'.repeat(33) })).toEqual(
        refused(400, 'Vault is not initialized'),
      );
    });

    test.each([
      [{}, 'invalid seal configuration: shares must be at least one'],
      [{ secret_shares: 3 }, 'invalid seal configuration: threshold must be at least one'],
      [{ secret_shares: 3, secret_threshold: 4 }, 'invalid seal configuration: threshold cannot be larger than shares'],
      [
        { secret_shares: 3, secret_threshold: 1 },
        'invalid seal configuration: threshold must be greater than one for multiple shares',
      ],
      [
        { recovery_shares: 1, recovery_threshold: 1 },
        'parameters recovery_shares,recovery_threshold not applicable to seal type shamir',
      ],
    ])('init with %j is refused', async (body, error) => {
      expect(await call('PUT', 'sys/init', body)).toEqual(refused(400, error));
    });

    test('init answers the shares and the root token once, and leaves it sealed', async () => {
      const answer = await call('PUT', 'sys/init', { secret_shares: 3, secret_threshold: 2 });
      const share = expect.stringMatching(/^[0-9a-f]{66}$/);
      expect(answer).toEqual({
        status: 200,
        body: {
          keys: [share, share, share],
          keys_base64: answer.body.keys.map((key: string) => Buffer.from(key, 'hex').toString('base64')),
          root_token: expect.stringMatching(/^hvs\./),
        },
      });
      ({ keys, keys_base64: base64, root_token: root } = answer.body);
      expect(await call('PUT', 'sys/init', { secret_shares: 3, secret_threshold: 2 })).toEqual(
        refused(400, 'Vault is already initialized'),
      );
      expect(await call('GET', 'sys/health')).toEqual({ status: 503, body: health({ initialized: true }) });
      expect((await call('GET', 'sys/health?sealedcode=200')).status).toBe(200);
      expect(await call('GET', 'sys/mounts')).toEqual(sealed);
    });

    test('wrong shares show at the last, and begin again', async () => {
      expect((await call('PUT', 'sys/unseal', { key: 'ab'.repeat(33) })).body).toEqual(
        status({ progress: 1, nonce: expect.any(String) }),
      );
      const answer = await call('PUT', 'sys/unseal', { key: 'cd'.repeat(33) });
      expect(answer.status).toBe(400);
      expect(answer.body.errors[0]).toMatch(/cipher: message authentication failed$/);
      expect((await call('GET', 'sys/seal-status')).body).toEqual(status({}));
      expect(await call('PUT', 'sys/unseal', { key: 'zz' })).toEqual(
        refused(400, "'key' must be a valid hex or base64 string"),
      );
      expect(await call('PUT', 'sys/unseal', {})).toEqual(
        refused(400, "'key' must be specified in request body as JSON, or 'reset' set to true"),
      );
    });

    test('a share counts once, and giving can begin anew', async () => {
      const first = await call('PUT', 'sys/unseal', { key: keys[0] });
      expect(first.body).toEqual(status({ progress: 1, nonce: expect.any(String) }));
      expect((await call('PUT', 'sys/unseal', { key: keys[0] })).body).toEqual(first.body);
      expect((await call('PUT', 'sys/unseal', { reset: true })).body).toEqual(status({}));
    });

    test('enough shares, hex or base64, bring it into service', async () => {
      await call('PUT', 'sys/unseal', { key: base64[2] });
      expect((await call('PUT', 'sys/unseal', { key: keys[1] })).body).toEqual(status({ sealed: false, ...named }));
      expect(await call('GET', 'sys/health')).toEqual({ status: 200, body: inService });
      const self = await call('GET', 'auth/token/lookup-self');
      expect(self.body.data).toEqual({
        accessor: expect.any(String),
        creation_time: expect.any(Number),
        creation_ttl: 0,
        display_name: 'root',
        entity_id: '',
        expire_time: null,
        explicit_max_ttl: 0,
        id: root,
        meta: null,
        num_uses: 0,
        orphan: true,
        path: 'auth/token/root',
        policies: ['root'],
        ttl: 0,
        type: 'service',
      });
    });

    test('the policies of a new Vault are default, which grants a token itself, and root', async () => {
      expect((await call('GET', 'sys/policies/acl?list=true')).body.data.keys).toEqual(['default', 'root']);
      const made = await call('POST', 'auth/token/create-orphan', { policies: ['default'] });
      const token = made.body.auth.client_token;
      const own = [
        'auth/token/lookup-self',
        'auth/token/renew-self',
        'sys/capabilities-self',
        'cubbyhole/x',
        'sys/mounts',
      ];
      const answer = await call('POST', 'sys/capabilities-self', { paths: own }, { token });
      expect(answer.body.data).toEqual({
        'auth/token/lookup-self': ['read'],
        'auth/token/renew-self': ['update'],
        'sys/capabilities-self': ['update'],
        'cubbyhole/x': ['create', 'delete', 'list', 'read', 'update'],
        'sys/mounts': ['deny'],
      });
    });

    test('root can seal it again, and what it held is there after unsealing', async () => {
      await call('POST', 'sys/mounts/kv', { type: 'kv-v2' });
      await call('POST', 'kv/data/a', { data: { a: '1' } });
      expect(await call('PUT', 'sys/seal', undefined, { token: '' })).toEqual(refused(403, 'permission denied'));
      expect(await call('PUT', 'sys/seal')).toEqual(done);
      expect(await call('GET', 'kv/data/a')).toEqual(sealed);
      expect((await call('GET', 'sys/health')).status).toBe(503);
      for (const key of keys.slice(0, 2)) await call('PUT', 'sys/unseal', { key });
      expect((await call('GET', 'kv/data/a')).body.data.data).toEqual({ a: '1' });
      expect(await call('GET', 'sys/nope')).toEqual(refused(404, together('unsupported path')));
    });
  });
};
