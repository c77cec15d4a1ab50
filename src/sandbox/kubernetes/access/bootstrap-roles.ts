import type { JsonMap } from '../json.ts';
import type { KubeObject } from '../object.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';

const resources = (group: string, names: readonly string[], verbs: readonly string[]): JsonMap => ({
  verbs,
  apiGroups: [group],
  resources: names,
});
const paths = (nonResourceURLs: readonly string[], verbs: readonly string[] = ['get']): JsonMap => ({
  verbs,
  nonResourceURLs,
});

const publicPaths = ['/healthz', '/livez', '/readyz', '/version', '/version/'];

/** What a cluster grants from the start: role, rules, the groups that have it. */
const table: readonly (readonly [role: string, rules: readonly JsonMap[], groups: readonly string[]])[] = [
  ['cluster-admin', [resources('*', ['*'], ['*']), paths(['*'], ['*'])], ['system:masters']],
  [
    'system:auth-delegator',
    [
      resources('authentication.k8s.io', ['tokenreviews'], ['create']),
      resources('authorization.k8s.io', ['subjectaccessreviews'], ['create']),
    ],
    [],
  ],
  [
    'system:basic-user',
    [
      resources('authorization.k8s.io', ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create']),
      resources('authentication.k8s.io', ['selfsubjectreviews'], ['create']),
    ],
    ['system:authenticated'],
  ],
  [
    'system:cluster-trust-bundle-discovery',
    [resources('certificates.k8s.io', ['clustertrustbundles'], ['get', 'list', 'watch'])],
    ['system:serviceaccounts'],
  ],
  [
    'system:discovery',
    [paths('/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/'.split(' '))],
    ['system:authenticated'],
  ],
  ['system:public-info-viewer', [paths(publicPaths)], ['system:authenticated', 'system:unauthenticated']],
  [
    'system:service-account-issuer-discovery',
    [
      paths([
        '/.well-known/openid-configuration',
        '/.well-known/openid-configuration/',
        '/openid/v1/jwks',
        '/openid/v1/jwks/',
      ]),
    ],
    ['system:serviceaccounts'],
  ],
];

const metadataOf = (name: string) => ({
  name,
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
});

/** The roles that every cluster has. */
export const bootstrapRoles: readonly KubeObject[] = table.map(([name, rules]) => ({
  apiVersion,
  kind: 'ClusterRole',
  metadata: metadataOf(name),
  rules,
}));

/** Who has them. */
export const bootstrapBindings: readonly KubeObject[] = table
  .filter(([, , groups]) => groups.length > 0)
  .map(([name, , groups]) => ({
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: metadataOf(name),
    subjects: groups.map((group) => ({ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: group })),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
  }));
