import { beforeAll, describe, expect, test, vi } from 'vitest';
import { answered, type Call, done, refused, together, uniqueName } from './caller.ts';

/** A cluster whose tokens Vault can have reviewed. */
export interface ClusterUnderTest {
  readonly url: string;
  /** PEM. */
  readonly authority: string;
  /** Makes a namespace with the service accounts `app`, `other` and `reviewer`, of which the last may review tokens. */
  makeAccounts(namespace: string): Promise<void>;
  token(namespace: string, account: string, audiences?: readonly string[]): Promise<string>;
  removeAccount(namespace: string, account: string): Promise<void>;
}

const noAudience = (role: string) =>
  `Role ${role} does not have an audience configured. While audiences are not required, consider specifying one if your use case would benefit from additional JWT claim verification.`;

const plainRole = {
  alias_name_source: 'serviceaccount_uid',
  bound_service_account_names: ['app'],
  bound_service_account_namespace_selector: '',
  bound_service_account_namespaces: ['*'],
  token_bound_cidrs: [],
  token_explicit_max_ttl: 0,
  token_max_ttl: 0,
  token_no_default_policy: false,
  token_num_uses: 0,
  token_period: 0,
  token_policies: [],
  token_ttl: 0,
  token_type: 'default',
};

/** `auth/kubernetes`. */
export const describeKubernetesAuth = (call: Call, cluster: () => ClusterUnderTest): void => {
  const mount = uniqueName('cluster');
  const config = `auth/${mount}/config`;
  const putRole = (name: string, body: object) => call('POST', `auth/${mount}/role/${name}`, body);
  const getRole = (name: string) => call('GET', `auth/${mount}/role/${name}`);
  const bound = { bound_service_account_names: 'app', bound_service_account_namespaces: '*' };

  describe('the auth method kubernetes', () => {
    beforeAll(async () => {
      await call('POST', `sys/auth/${mount}`, { type: 'kubernetes' });
    });

    test('a config is absent at first, and replaced as a whole', async () => {
      const own = uniqueName('config');
      const put = (body: object) => call('POST', `auth/${own}/config`, body);
      await call('POST', `sys/auth/${own}`, { type: 'kubernetes' });
      expect(await call('GET', `auth/${own}/config`)).toEqual(refused(404));
      const { authority } = cluster();
      const full = {
        kubernetes_host: 'https://x',
        kubernetes_ca_cert: authority,
        token_reviewer_jwt: 'a.b.c',
        issuer: 'x',
      };
      expect(await put({ ...full, frob: 1 })).toEqual(done);
      const data = {
        disable_iss_validation: true,
        disable_local_ca_jwt: false,
        issuer: 'x',
        kubernetes_ca_cert: authority,
        kubernetes_host: 'https://x',
        pem_keys: [],
        token_reviewer_jwt_set: true,
        use_annotations_as_alias_metadata: false,
      };
      expect(await call('GET', `auth/${own}/config`)).toEqual(answered('kubernetes', { data }));
      await put({ kubernetes_host: 'https://x', kubernetes_ca_cert: authority, disable_local_ca_jwt: true });
      expect((await call('GET', `auth/${own}/config`)).body.data).toEqual({
        ...data,
        issuer: '',
        token_reviewer_jwt_set: false,
        disable_local_ca_jwt: true,
      });
      expect(await put({})).toEqual(refused(400, 'no host provided'));
      expect(await put({ kubernetes_host: 'https://x', kubernetes_ca_cert: 'junk' })).toEqual(
        refused(400, 'The provided CA PEM data contains no valid certificates'),
      );
      expect(await call('DELETE', `auth/${own}/config`)).toEqual(refused(405, together('unsupported operation')));
    });

    test('a role keeps what a write does not name', async () => {
      const name = uniqueName('Web');
      const lower = name.toLowerCase();
      const lists = { bound_service_account_names: 'a, b', bound_service_account_namespaces: ['x', 'y'] };
      expect(
        await putRole(name, { ...lists, audience: 'vault', token_policies: ['B', 'a'], token_ttl: '1h', frob: 1 }),
      ).toEqual(done);
      const role = {
        ...plainRole,
        bound_service_account_names: ['a', 'b'],
        bound_service_account_namespaces: ['x', 'y'],
        token_policies: ['B', 'a'],
        token_ttl: 3600,
      };
      expect(await getRole(lower)).toEqual(answered('kubernetes', { data: { ...role, audience: 'vault' } }));
      expect(await putRole(lower, { audience: '', token_ttl: 0, token_policies: [] })).toEqual(
        answered('kubernetes', { warnings: [noAudience(lower)] }),
      );
      expect(await getRole(name)).toEqual(
        answered('kubernetes', { data: { ...role, token_policies: [], token_ttl: 0 } }),
      );
      expect((await call('GET', `auth/${mount}/role?list=true`)).body.data.keys).toContain(lower);
      expect(await call('DELETE', `auth/${mount}/role/${name}`)).toEqual(done);
      expect(await call('DELETE', `auth/${mount}/role/${name}`)).toEqual(done);
      expect(await getRole(name)).toEqual(refused(404));
    });

    test('fields under their old names are read back under both, until the new ones are written', async () => {
      const name = uniqueName('old');
      await putRole(name, { ...bound, policies: ['B', 'a', 'B'], ttl: '5m', bound_cidrs: ['10.0.0.1/32'] });
      const old = { policies: ['a', 'b'], ttl: 300, bound_cidrs: ['10.0.0.1'] };
      const now = { token_policies: ['a', 'b'], token_ttl: 300, token_bound_cidrs: ['10.0.0.1'] };
      expect((await getRole(name)).body.data).toEqual({ ...plainRole, ...old, ...now });
      await putRole(name, { token_policies: ['c'], token_ttl: 60, token_bound_cidrs: ['10.0.0.0/8'] });
      expect((await getRole(name)).body.data).toEqual({
        ...plainRole,
        token_policies: ['c'],
        token_ttl: 60,
        token_bound_cidrs: ['10.0.0.0/8'],
      });
    });

    test.each([
      [{}, '"bound_service_account_names" can not be empty'],
      [
        { bound_service_account_names: 'a' },
        '"bound_service_account_namespaces" can not be empty if "bound_service_account_namespace_selector" is not set',
      ],
      [
        { bound_service_account_names: ['a', '*'], bound_service_account_namespaces: 'x' },
        'can not mix "*" with values',
      ],
      [{ ...bound, token_ttl: '1h', token_max_ttl: '30m' }, "'token_ttl' cannot be greater than 'token_max_ttl'"],
      [{ ...bound, token_type: 'default-service' }, `invalid 'token_type' value "default-service"`],
      [{ ...bound, token_ttl: 'abc' }, 'error converting input for field "token_ttl": time: invalid duration "abc"'],
      [
        { ...bound, alias_name_source: 'x' },
        'invalid alias_name_source, must be one of: serviceaccount_uid, serviceaccount_name',
      ],
    ])('the role %j is refused', async (body, error) => {
      expect(await putRole(uniqueName('bad'), body)).toEqual(refused(400, error));
    });

    test('names of roles have a form', async () => {
      expect(await putRole('-x', bound)).toEqual(refused(404, together('unsupported path')));
      expect(await putRole('a/b', bound)).toEqual(refused(404, together('unsupported path')));
    });

    describe('login', () => {
      const namespace = uniqueName('accounts');
      const login = (role: string, jwt: string) => call('POST', `auth/${mount}/login`, { role, jwt }, { token: '' });
      const denied = refused(403, 'permission denied');
      const token = (account: string, audiences?: readonly string[]) => cluster().token(namespace, account, audiences);
      const configure = (body: object) =>
        call('POST', config, {
          kubernetes_host: cluster().url,
          kubernetes_ca_cert: cluster().authority,
          disable_local_ca_jwt: true,
          ...body,
        });

      beforeAll(async () => {
        await cluster().makeAccounts(namespace);
        await configure({ token_reviewer_jwt: await token('reviewer') });
        await putRole('app', {
          ...bound,
          bound_service_account_namespaces: namespace,
          token_ttl: '10m',
          token_policies: ['Team'],
        });
        await putRole('aud', { ...bound, audience: 'vault' });
        await putRole('short', { ...bound, token_max_ttl: '5m', token_no_default_policy: true, token_policies: ['x'] });
        await putRole('elsewhere', { ...bound, bound_service_account_namespaces: 'elsewhere' });
      });

      test("gives a token with the role's policies, and says whose it is", async () => {
        const answer = await login('App', await token('app'));
        const metadata = {
          role: 'App',
          service_account_name: 'app',
          service_account_namespace: namespace,
          service_account_secret_name: '',
          service_account_uid: expect.any(String),
        };
        expect(answer).toEqual(
          answered('', {
            auth: {
              client_token: expect.stringMatching(/^hvs\./),
              accessor: expect.any(String),
              policies: ['default', 'team'],
              token_policies: ['default', 'team'],
              metadata,
              lease_duration: 600,
              renewable: true,
              entity_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
              token_type: 'service',
              orphan: true,
              mfa_requirement: null,
              num_uses: 0,
            },
          }),
        );
        const self = await call('GET', 'auth/token/lookup-self', undefined, { token: answer.body.auth.client_token });
        expect(self.body.data).toMatchObject({
          display_name: `${mount}-${namespace}-app`,
          path: `auth/${mount}/login`,
          meta: metadata,
          creation_ttl: 600,
        });
        const again = await login('aud', await token('app', ['vault']));
        expect(again.body.auth.entity_id).toBe(answer.body.auth.entity_id);
      });

      test("a role's limit cuts the lifetime", async () => {
        const answer = await login('short', await token('app'));
        expect(answer.body.auth).toMatchObject({ lease_duration: 300, policies: ['x'] });
        expect(answer.body.warnings).toEqual([
          'TTL of "768h" exceeded the effective max_ttl of "5m"; TTL value is capped accordingly',
        ]);
      });

      test('claims that do not fit the role are named, what the cluster says is not', async () => {
        expect(await login('nope', 'x')).toEqual(refused(400, 'invalid role name "nope"'));
        expect(await login('app', '')).toEqual(refused(400, 'missing jwt'));
        expect(await login('', 'x')).toEqual(refused(400, 'missing role'));
        expect(await login('app', 'junk')).toEqual(denied);
        expect(await login('app', await token('other'))).toEqual(refused(403, 'service account name not authorized'));
        expect(await login('elsewhere', await token('app'))).toEqual(refused(403, 'namespace not authorized'));
        expect(await login('aud', await token('app'))).toEqual(
          refused(403, 'invalid audience (aud) claim: audience claim does not match any expected audience'),
        );
        const good = await token('app');
        expect(await login('app', `${good.slice(0, -6)}AAAAAA`)).toEqual(denied);
        await cluster().removeAccount(namespace, 'app');
        // The API server takes the token until its own view of the account has followed.
        await vi.waitFor(async () => expect(await login('app', good)).toEqual(denied), 10_000);
      });

      test('without a reviewer the token reviews itself, which it may not', async () => {
        await configure({});
        expect(await login('app', await token('other'))).toEqual(refused(403, 'service account name not authorized'));
        await putRole('any', { ...bound, bound_service_account_names: '*' });
        expect(await login('any', await token('other'))).toEqual(denied);
        await configure({ token_reviewer_jwt: await token('reviewer'), kubernetes_host: 'https://127.0.0.1:1' });
        expect(await login('any', await token('other'))).toEqual(denied);
      });

      test('only a login can be posted, and only where there is a method', async () => {
        expect(await call('GET', `auth/${mount}/login`, undefined, { token: '' })).toEqual(
          refused(405, 'unsupported operation'),
        );
        expect(await call('POST', `auth/${uniqueName('none')}/login`, { role: 'r' }, { token: '' })).toEqual(denied);
      });
    });
  });
};
