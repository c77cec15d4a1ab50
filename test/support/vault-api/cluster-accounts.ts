import type { OperatorUnderTest } from '../external-secrets-api/bench.ts';
import type { ClusterUnderTest } from './kubernetes-auth.ts';

/** A cluster for Vault's logins, made of calls as its administrator. */
export const clusterAccounts = (call: OperatorUnderTest['call'], url: string, authority: string): ClusterUnderTest => ({
  url,
  authority,
  makeAccounts: async (namespace) => {
    await call('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    for (const name of ['app', 'other', 'reviewer']) {
      await call('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
    }
    await call('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: `${namespace}-reviewer` },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:auth-delegator' },
      subjects: [{ kind: 'ServiceAccount', name: 'reviewer', namespace }],
    });
  },
  token: async (namespace, account, audiences = []) => {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
    const { body } = await call('POST', path, { spec: { audiences, expirationSeconds: 600 } });
    return body.status?.token ?? '';
  },
  removeAccount: async (namespace, account) => {
    await call('DELETE', `/api/v1/namespaces/${namespace}/serviceaccounts/${account}`);
  },
});
