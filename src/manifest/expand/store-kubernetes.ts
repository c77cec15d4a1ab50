import { address } from '../../engine/address.ts';
import type { Fields } from '../../engine/value.ts';
import type { KubernetesStore } from '../schema/stores.ts';
import { draft, type Found, namespaceDraft } from './draft.ts';
import { caProvider, serviceAccountRef } from './store-refs.ts';

const rbac = 'rbac.authorization.k8s.io';

const roleName = (store: string): string => `lab-store-${store}`;
const roleParts = (kind: 'Role' | 'RoleBinding', name: string, { namespace }: KubernetesStore): string[] => [
  rbac,
  kind,
  namespace,
  roleName(name),
];

/** The namespace of a store, and the role in it that lets External Secrets read. */
export function* kubernetesStoreParts(name: string, store: KubernetesStore): Generator<Found> {
  const path = ['stores', name];
  yield namespaceDraft(path, store.namespace, store.manage === 'existing' ? 'expected' : 'contributed');
  if (store.manage === 'existing' || store.expose === 'none' || store.auth === undefined) return;
  const apiVersion = `${rbac}/v1`;
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }];
  yield draft(path, 'kubernetes.object', roleParts('Role', name, store), { spec: { object: { apiVersion, rules } } });
  const roleRef = { apiGroup: rbac, kind: 'Role', name: roleName(name) };
  const subjects = [{ kind: 'ServiceAccount', ...store.auth.serviceAccount }];
  yield draft(path, 'kubernetes.object', roleParts('RoleBinding', name, store), {
    spec: { object: { apiVersion, roleRef, subjects } },
    after: [address('kubernetes.object', ...roleParts('Role', name, store))],
  });
}

/** What lets External Secrets read the store; the kind itself knows the rest of what comes first. */
export const kubernetesStoreNeeds = (name: string, store: KubernetesStore): readonly string[] => [
  address('kubernetes.object', ...roleParts('RoleBinding', name, store)),
];

/** The provider block `kubernetes`. Every namespace holds the cluster's own CA in kube-root-ca.crt. */
export const kubernetesProvider = (store: KubernetesStore, within: string | undefined): Fields => {
  const ca = store.server?.ca ?? { configMap: { namespace: store.namespace, name: 'kube-root-ca.crt' }, key: 'ca.crt' };
  return {
    kubernetes: {
      remoteNamespace: store.namespace,
      server: {
        url: store.server?.url ?? 'https://kubernetes.default.svc',
        caProvider: caProvider(ca, within),
      },
      ...(store.auth === undefined
        ? {}
        : { auth: { serviceAccount: serviceAccountRef(store.auth.serviceAccount, within) } }),
    },
  };
};
