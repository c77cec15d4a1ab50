import type { ControlPlane } from './control-plane.ts';

// Where the operator's own account lives: not in its usual namespace, which manifests under test may want to make.
const namespace = 'kube-system';
const name = 'external-secrets-operator';

const read = ['get', 'list', 'watch'];
const kinds = ['secretstores', 'clustersecretstores', 'externalsecrets', 'clusterexternalsecrets'];
const pushed = ['pushsecrets', 'clusterpushsecrets'];
const own = [...kinds, ...pushed];
const rule = (apiGroup: string, resources: readonly string[], verbs: readonly string[]) => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
});

/** What the operator's chart grants it with its default values. Source: templates/rbac.yaml of the chart in v0.20.4. */
const rules = [
  rule('external-secrets.io', own, read),
  rule('external-secrets.io', [...own, ...own.map((kind) => `${kind}/status`)], ['get', 'update', 'patch']),
  rule('external-secrets.io', ['externalsecrets', 'pushsecrets'], ['create', 'update', 'delete']),
  rule('generators.external-secrets.io', ['*'], read),
  rule(
    'generators.external-secrets.io',
    ['generatorstates'],
    ['create', 'update', 'patch', 'delete', 'deletecollection'],
  ),
  rule('', ['serviceaccounts', 'namespaces', 'configmaps'], read),
  rule('', ['namespaces'], ['update', 'patch']),
  rule('', ['secrets'], [...read, 'create', 'update', 'delete', 'patch']),
  rule('', ['serviceaccounts/token'], ['create']),
  rule('', ['events'], ['create', 'patch']),
];

/** Makes the operator's account with no more rights than its chart gives it. Answers a token of it, valid for a day. */
export async function grantOperator({ call }: Pick<ControlPlane, 'call'>): Promise<string> {
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  const post = async (path: string, body: object): Promise<string> => {
    const answer = await call({ method: 'POST', path, body: JSON.stringify(body) });
    // A second operator of one cluster finds what the first one was given.
    if (answer.status >= 300 && answer.status !== 409) throw new Error(`POST ${path}: ${answer.status} ${answer.body}`);
    return answer.body;
  };
  await post(account, { metadata: { name } });
  await post(`${rbac}/clusterroles`, { metadata: { name }, rules });
  await post(`${rbac}/clusterrolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  });
  const day = 24 * 60 * 60;
  const answer = await post(`${account}/${name}/token`, { spec: { expirationSeconds: day } });
  return JSON.parse(answer).status.token;
}
