import { readFile } from 'node:fs/promises';
import { inject } from 'vitest';
import type { Fields } from '../../../src/engine/value.ts';
import { type Stranger, uniqueName } from '../kubernetes/cluster.ts';

/** A store's provider block that reads as this service account: `reader` and `auditor` may, `nobody` may not. */
export type ReadAs = (serviceAccount: 'reader' | 'auditor' | 'nobody') => { readonly kubernetes: Fields };

/** A namespace that stands for a cloud's key vault: its Secret `central` holds the keys that stores over it offer. */
export interface Central {
  readonly namespace: string;
  /** For a ClusterSecretStore. */
  readonly readAs: ReadAs;
  /** For a SecretStore in the same namespace. */
  readonly readHereAs: ReadAs;
}

/**
 * Makes one. Not the provider `fake` of External Secrets: two of its stores at a time crash the operator now and then
 * ("concurrent map writes" in 0.20.4).
 */
export const makeCentral = async (someone: Stranger, keys: Readonly<Record<string, string>>): Promise<Central> => {
  const namespace = uniqueName('central');
  const inside = `/api/v1/namespaces/${namespace}`;
  const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const [apiGroup, name] = ['rbac.authorization.k8s.io', 'reader'];
  const accounts = ['reader', 'auditor'].map((account) => ({ kind: 'ServiceAccount', name: account, namespace }));
  await someone('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  await someone('POST', `${inside}/secrets`, { metadata: { name: 'central' }, stringData: keys });
  for (const account of ['reader', 'auditor', 'nobody']) {
    await someone('POST', `${inside}/serviceaccounts`, { metadata: { name: account } });
  }
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }];
  await someone('POST', `${roles}/roles`, { metadata: { name }, rules });
  const roleRef = { apiGroup, kind: 'Role', name };
  await someone('POST', `${roles}/rolebindings`, { metadata: { name }, roleRef, subjects: accounts });
  const { url, caFile } = inject('servers');
  const server = { url, caBundle: (await readFile(caFile)).toString('base64') };
  const block = (serviceAccount: Fields) => ({
    kubernetes: { remoteNamespace: namespace, server, auth: { serviceAccount } },
  });
  return {
    namespace,
    readAs: (account) => block({ name: account, namespace }),
    readHereAs: (account) => block({ name: account }),
  };
};
