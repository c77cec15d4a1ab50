import { beforeAll, describe, test } from 'vitest';
import { callerOf } from '../vault-api/caller.ts';
import { entry, type OperatorUnderTest, openBench, uniqueName } from './bench.ts';

const told = (url: string, code: number, ...errors: readonly string[]): string =>
  `Error making API request.\n\nURL: ${url}\nCode: ${code}. Errors:\n\n${errors.map((error) => `* ${error}`).join('\n')}`;

const onceDenied = '1 error occurred:\n\t* permission denied\n\n';

/** Stores over Vault: logins, and what is read from KV version 2. */
export const describeVaultStore = (operator: () => OperatorUnderTest): void => {
  describe('stores over Vault', () => {
    const bench = openBench(operator, uniqueName('vault'));
    const [kv, method] = [uniqueName('kv'), uniqueName('cluster')];
    const call = callerOf(() => operator().vault);
    const address = () => operator().vault.address;
    const store = (auth: object | undefined, more: object = {}) => ({
      vault: { server: address(), path: kv, version: 'v2', ...(auth === undefined ? {} : { auth }), ...more },
    });
    const byAccount = (role: string, name = 'login') => ({
      kubernetes: { mountPath: method, role, serviceAccountRef: { name } },
    });
    const byToken = (name: string, key: string) => ({ tokenSecretRef: { name, key } });
    const good = { name: 'good', kind: 'SecretStore' };

    beforeAll(async () => {
      const { namespace } = bench;
      await bench.call('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
      for (const name of ['login', 'reviewer']) await bench.post('serviceaccounts', { metadata: { name } });
      await bench.call('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
        metadata: { name: `${namespace}-reviewer` },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:auth-delegator' },
        subjects: [{ kind: 'ServiceAccount', name: 'reviewer', namespace }],
      });
      const reviewer = await bench.post('serviceaccounts/reviewer/token', {
        spec: { audiences: [], expirationSeconds: 3600 },
      });
      await call('POST', `sys/mounts/${kv}`, { type: 'kv-v2' });
      await call('POST', `sys/auth/${method}`, { type: 'kubernetes' });
      await call('POST', `auth/${method}/config`, {
        kubernetes_host: operator().server.url,
        kubernetes_ca_cert: operator().server.authority,
        token_reviewer_jwt: reviewer.body.status?.token,
        disable_local_ca_jwt: true,
      });
      await call('POST', `sys/policies/acl/${kv}`, { policy: `path "${kv}/data/*" { capabilities = ["read"] }` });
      const bound = { bound_service_account_names: 'login', bound_service_account_namespaces: namespace };
      await call('POST', `auth/${method}/role/reader`, { ...bound, token_policies: [kv] });
      await call('POST', `auth/${method}/role/bare`, { ...bound, token_policies: [kv], token_no_default_policy: true });
      await call('POST', `auth/${method}/role/blind`, { ...bound });
      await call('POST', `${kv}/data/app`, {
        data: { u: 'user', n: 5, f: 1.5, t: true, o: { p: 'q' }, l: [1, 'x'], 'a.b': 'dot', nul: null, html: '<a&b>' },
      });
      await call('POST', `${kv}/data/team/one`, { data: { a: '1' } });
      await bench.putSecret('tokens', { root: operator().vault.token, wrong: 'hvs.wrong' });
      await bench.applyStore('good', store(byAccount('reader')));
      await bench.storeSays('good', 'True', 'Valid', 'store validated');
    });

    test('a token of its own will do too', async () => {
      await bench.applyStore('token', store(byToken('tokens', 'root')));
      await bench.storeSays('token', 'True', 'Valid', 'store validated');
    });

    test('a policy that reads nothing is not noticed', async () => {
      await bench.applyStore('blind', store(byAccount('blind')));
      await bench.storeSays('blind', 'True', 'Valid', 'store validated');
      await bench.apply('blind', { secretStoreRef: { name: 'blind' }, data: [entry('u', 'app')] });
      await bench.says('blind', 'False', 'SecretSyncedError', 'could not get secret data from provider');
      await bench.mentions(
        'blind',
        `Warning UpdateFailed: error processing spec.data[0] (key: app), err: cannot read secret data from Vault: ${told(`GET ${address()}/v1/${kv}/data/app`, 403, onceDenied)}`,
      );
    });

    test.each([
      [
        'a missing role',
        () => byAccount('none'),
        'unable to create client',
        () =>
          `unable to log in to auth method: unable to log in with Kubernetes auth: ${told(`PUT ${address()}/v1/auth/${method}/login`, 400, 'invalid role name "none"')}`,
      ],
      [
        'a missing account',
        () => byAccount('reader', 'missing'),
        'unable to create client',
        () =>
          'cannot request Kubernetes service account token for service account "missing": cannot get Kubernetes service account "missing": ServiceAccount "missing" not found',
      ],
      [
        'a role without the default policy',
        () => byAccount('bare'),
        'unable to validate store',
        () => `invalid vault credentials: ${told(`GET ${address()}/v1/auth/token/lookup-self`, 403, onceDenied)}`,
      ],
      [
        'a wrong token',
        () => byToken('tokens', 'wrong'),
        'unable to validate store',
        () =>
          `invalid vault credentials: ${told(`GET ${address()}/v1/auth/token/lookup-self`, 403, '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n')}`,
      ],
      [
        'a missing key',
        () => byToken('tokens', 'none'),
        'unable to create client',
        () => 'cannot find secret data for key: "none"',
      ],
      [
        'a missing secret',
        () => byToken('none', 'k'),
        'unable to create client',
        () => `cannot get Kubernetes secret "none" from namespace "${bench.namespace}": secrets "none" not found`,
      ],
      [
        'no auth',
        () => undefined,
        'unable to validate store',
        () =>
          `invalid vault credentials: ${told(`GET ${address()}/v1/auth/token/lookup-self`, 403, 'permission denied')}`,
      ],
    ])('with %s it is not ready, and an event says why', async (_, auth, message, because) => {
      const name = uniqueName('bad');
      await bench.applyStore(name, store(auth()));
      await bench.storeSays(name, 'False', 'InvalidProviderConfig', message);
      await bench.tells(name, [`Warning InvalidProviderConfig: ${because()}`]);
    });

    test('properties are keys first and paths then, of any type', async () => {
      const data = [
        ['u', 'u'],
        ['n', 'n'],
        ['f', 'f'],
        ['t', 't'],
        ['o', 'o'],
        ['op', 'o.p'],
        ['l', 'l'],
        ['l1', 'l.1'],
        ['dot', 'a.b'],
        ['html', 'html'],
      ].map(([key = '', property]) => entry(key, 'app', { property }));
      await bench.apply('typed', { secretStoreRef: good, data });
      await bench.holds('typed', {
        u: 'user',
        n: '5',
        f: '1.5',
        t: 'true',
        o: '{"p":"q"}',
        op: 'q',
        l: '[1,"x"]',
        l1: 'x',
        dot: 'dot',
        html: '<a&b>',
      });
    });

    test('whole secrets are JSON, and their keys can be taken one by one', async () => {
      await bench.apply('whole', { secretStoreRef: good, data: [entry('all', 'app'), entry('one', 'team/one')] });
      await bench.holds('whole', {
        all: '{"a.b":"dot","f":1.5,"html":"\\u003ca\\u0026b\\u003e","l":[1,"x"],"n":5,"nul":null,"o":{"p":"q"},"t":true,"u":"user"}',
        one: '{"a":"1"}',
      });
      await bench.apply('extracted', { secretStoreRef: good, dataFrom: [{ extract: { key: 'app' } }] });
      await bench.holds('extracted', {
        u: 'user',
        n: '5',
        f: '1.5',
        t: 'true',
        o: '{"p":"q"}',
        l: '[1,"x"]',
        'a.b': 'dot',
        nul: '',
        html: '<a&b>',
      });
    });

    test('a key may repeat the mount, and a version can be asked for', async () => {
      await call('POST', `${kv}/data/turned`, { data: { a: 'old' } });
      await call('POST', `${kv}/data/turned`, { data: { a: 'new' } });
      await bench.apply('versions', {
        secretStoreRef: good,
        data: [
          entry('now', `${kv}/turned`, { property: 'a' }),
          entry('long', `${kv}/data/turned`, { property: 'a' }),
          entry('before', 'turned', { property: 'a', version: '1' }),
        ],
      });
      await bench.holds('versions', { now: 'new', long: 'new', before: 'old' });
    });

    test('what is missing or deleted is told apart from a missing property', async () => {
      await call('POST', `${kv}/data/gone`, { data: { a: '1' } });
      await call('DELETE', `${kv}/data/gone`);
      const cases = [
        ['absent', 'none', 'Secret does not exist'],
        ['deleted', 'gone', 'Secret does not exist'],
        ['propertyless', 'app', 'cannot find secret data for key: "none"'],
      ] as const;
      for (const [name, key, because] of cases) {
        await bench.apply(name, { secretStoreRef: good, data: [entry('k', key, { property: 'none' })] });
        await bench.says(name, 'False', 'SecretSyncedError', 'could not get secret data from provider');
        await bench.tells(name, [`Warning UpdateFailed: error processing spec.data[0] (key: ${key}), err: ${because}`]);
      }
    });
  });
};
