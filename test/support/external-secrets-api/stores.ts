import { beforeAll, describe, expect, test } from 'vitest';
import { type Bench, entry, eventually, type OperatorUnderTest, openBench, uniqueName } from './bench.ts';

const noAccount = JSON.stringify('serviceaccounts "missing" not found');

/** Makes accounts: `reader` may read Secrets of the namespace, `nobody` may not. */
export const makeReaders = async (bench: Bench): Promise<void> => {
  const { namespace, call } = bench;
  await call('POST', '/api/v1/namespaces', { metadata: { name: namespace, labels: { team: 'a' } } });
  for (const name of ['reader', 'nobody']) await bench.post('serviceaccounts', { metadata: { name } });
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }];
  await call('POST', `${rbac}/roles`, { metadata: { name: 'reader' }, rules });
  await call('POST', `${rbac}/rolebindings`, {
    metadata: { name: 'reader' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace }],
  });
};

/** A provider block that reads the namespace as one of its accounts. */
export const readingAs = (operator: OperatorUnderTest, bench: Bench, account: string, more: object = {}) => ({
  kubernetes: {
    remoteNamespace: bench.namespace,
    server: { url: operator.server.url, caBundle: Buffer.from(operator.server.authority).toString('base64') },
    auth: { serviceAccount: { name: account } },
    ...more,
  },
});

/** SecretStores and ClusterSecretStores. */
export const describeStores = (operator: () => OperatorUnderTest): void => {
  describe('stores', () => {
    const bench = openBench(operator, uniqueName('stores'));
    const as = (account: string, more: object = {}) => readingAs(operator(), bench, account, more);
    const server = () => as('reader').kubernetes.server;

    beforeAll(async () => {
      await makeReaders(bench);
      await bench.putSecret('source', { user: 'u' });
    });

    test('a store that can read is valid, and says what it can do', async () => {
      await bench.applyStore('good', as('reader'));
      const store = await bench.storeSays('good', 'True', 'Valid', 'store validated');
      expect(store.status?.capabilities).toBe('ReadWrite');
      await bench.tells('good', ['Normal Valid: store validated']);
      expect(store.metadata.managedFields.at(-1)).toMatchObject({
        manager: 'external-secrets',
        operation: 'Update',
        subresource: 'status',
      });
    });

    test('the cluster is known by its address inside, with its own authority', async () => {
      const caProvider = { type: 'ConfigMap', name: 'kube-root-ca.crt', key: 'ca.crt' };
      await bench.applyStore('provided', as('reader', { server: { url: operator().server.url, caProvider } }));
      await bench.storeSays('provided', 'True', 'Valid', 'store validated');
    });

    test.each([
      [
        'an account without rights',
        () => as('nobody'),
        'unable to validate store',
        'client is not allowed to get secrets',
      ],
      [
        'a missing account',
        () => as('missing'),
        'unable to create client',
        `failed to prepare auth: could not fetch Auth.ServiceAccount: cannot create service account token: ${noAccount}`,
      ],
      [
        'no auth',
        () => ({ kubernetes: { remoteNamespace: bench.namespace, server: server() } }),
        'unable to create client',
        'failed to prepare auth: no auth provider given',
      ],
      [
        'a missing authority',
        () =>
          as('reader', {
            server: { ...server(), caBundle: undefined, caProvider: { type: 'ConfigMap', name: 'none', key: 'k' } },
          }),
        'unable to create client',
        'failed to prepare auth: failed to get cert from configmap: failed to get caProvider secret none: configmaps "none" not found',
      ],
      [
        'a missing key of the authority',
        () =>
          as('reader', {
            server: { ...server(), caBundle: undefined, caProvider: { type: 'Secret', name: 'source', key: 'k' } },
          }),
        'unable to create client',
        'failed to prepare auth: failed to get cert from secret: failed to resolve secret key ref: cannot find secret data for key: "k"',
      ],
      [
        'a missing token',
        () => as('', { auth: { token: { bearerToken: { name: 'none', key: 'k' } } } }),
        'unable to create client',
        'failed to prepare auth: could not fetch Auth.Token.BearerToken: cannot get Kubernetes secret "none" from namespace "NAMESPACE": secrets "none" not found',
      ],
    ])('with %s it is not ready, and an event says why', async (_, provider, message, because) => {
      const name = uniqueName('bad');
      await bench.applyStore(name, provider());
      const store = await bench.storeSays(name, 'False', 'InvalidProviderConfig', message);
      expect(store.status?.capabilities).toBeUndefined();
      const event = `Warning InvalidProviderConfig: ${because.replace('NAMESPACE', bench.namespace)}`;
      await bench.tells(name, [event]);
    });

    test('a cluster store without a namespace for its account is ready, unchecked', async () => {
      const name = uniqueName('referent');
      await bench.applyClusterStore(name, as('missing'));
      const store = await eventually(
        () => bench.clusterStore(name),
        (found) => expect(found.status?.conditions?.[0]?.status).toBe('True'),
      );
      expect(store.status).toMatchObject({ capabilities: 'ReadWrite', conditions: [{ reason: 'Valid' }] });
      await bench.tells(name, ['Normal Valid: store validated'], 'default');
      await bench.apply('by-referent', {
        secretStoreRef: { name, kind: 'ClusterSecretStore' },
        data: [entry('user', 'source', { property: 'user' })],
      });
      await bench.says('by-referent', 'False', 'SecretSyncedError', 'could not get secret data from provider');
    });

    test.each([
      [[{ namespaces: ['elsewhere'] }], false],
      [[{ namespaces: ['elsewhere'] }, { namespaceSelector: { matchLabels: { team: 'a' } } }], true],
      [[{ namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['a'] }] } }], false],
      [[{ namespaceRegexes: ['^stores-.*$'] }], true],
    ])('a cluster store with the conditions %j admits the namespace: %s', async (conditions, admits) => {
      const name = uniqueName('conditional');
      const auth = { serviceAccount: { name: 'reader', namespace: bench.namespace } };
      await bench.applyClusterStore(name, as('', { auth }), { conditions });
      await eventually(
        () => bench.clusterStore(name),
        (found) => expect(found.status?.conditions?.[0]?.status).toBe('True'),
      );
      await bench.apply(name, {
        secretStoreRef: { name, kind: 'ClusterSecretStore' },
        data: [entry('user', 'source', { property: 'user' })],
      });
      if (admits) return void (await bench.says(name, 'True', 'SecretSynced', 'secret synced'));
      await bench.says(name, 'False', 'SecretSyncedError', 'could not get secret data from provider');
      await bench.tells(name, [
        `Warning UpdateFailed: error processing spec.data[0] (key: source), err: using cluster store "${name}" is not allowed from namespace "${bench.namespace}": denied by spec.condition`,
      ]);
    });

    test('a store that gets its rights becomes ready by itself', async () => {
      await bench.post('serviceaccounts', { metadata: { name: 'late' } });
      await bench.applyStore('late', as('late'));
      await bench.storeSays('late', 'False', 'InvalidProviderConfig', 'unable to validate store');
      await bench.call('POST', `/apis/rbac.authorization.k8s.io/v1/namespaces/${bench.namespace}/rolebindings`, {
        metadata: { name: 'late' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
        subjects: [{ kind: 'ServiceAccount', name: 'late', namespace: bench.namespace }],
      });
      await bench.storeSays('late', 'True', 'Valid', 'store validated');
    });
  });
};
