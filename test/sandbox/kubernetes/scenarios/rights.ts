import { type Ask, apply, get, makeNamespace, namespacePath, post, remove, textAt, until } from '../api.ts';
import type { Scenario } from '../transcript.ts';

const rbac = 'rbac.authorization.k8s.io';

/** Tokens of service accounts and what they are worth, here and to others. */
export const tokens: Scenario = async (ask, place, look) => {
  await makeNamespace(look, place);
  const accounts = `${namespacePath(place)}/serviceaccounts`;
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'eso', annotations: { a: 'b' } } };
  await apply(ask, `${accounts}/eso`, account);
  const request = (spec: object) => post(ask, `${accounts}/eso/token`, { spec });
  await post(ask, `${accounts}/none/token`, {});
  await request({ expirationSeconds: 60 });
  const vault = textAt(await request({ audiences: ['vault'], expirationSeconds: 600 }), 'status', 'token');
  const own = textAt(await request({}), 'status', 'token');
  const both = textAt(await request({ audiences: ['vault', 'https://kubernetes.default.svc'] }), 'status', 'token');
  const review = (token: string, audiences?: readonly string[]) =>
    post(ask, '/apis/authentication.k8s.io/v1/tokenreviews', {
      spec: { token, ...(audiences === undefined ? {} : { audiences }) },
    });
  await review(vault);
  await review(vault, ['vault']);
  await review(own);
  await review(own, ['vault']);
  await review(both, ['vault', 'other']);
  await review('garbage');
  await post(ask, '/apis/authentication.k8s.io/v1/tokenreviews', { spec: {} });
  await ask({ method: 'GET', path: '/api', token: vault });
  await ask({ method: 'GET', path: '/api', token: own });
  await ask({ method: 'GET', path: '/.well-known/openid-configuration', token: own });
  await ask({ method: 'POST', path: '/apis/authentication.k8s.io/v1/selfsubjectreviews', body: {}, token: own });
  await remove(ask, `${accounts}/eso`);
};

/** What a service account may do, before and after it is bound to a Role. */
export const rights: Scenario = async (ask, place, look) => {
  await makeNamespace(look, place);
  const secrets = `${namespacePath(place)}/secrets`;
  const issued = await post(look, `${namespacePath(place)}/serviceaccounts/default/token`, {});
  const token = textAt(issued, 'status', 'token');
  const asAccount: Ask = (call) => ask({ ...call, token });
  await get(asAccount, `${secrets}/x`);
  await get(asAccount, secrets);
  await get(asAccount, '/api/v1/secrets');
  await get(asAccount, `${secrets}?watch=true`);
  await post(asAccount, secrets, { metadata: { name: 'x' } });
  await post(asAccount, `${namespacePath(place)}/serviceaccounts/default/token`, {});
  await apply(asAccount, `${namespacePath(place)}/configmaps/x`, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'x' },
  });
  await remove(asAccount, secrets);
  await get(asAccount, '/apis/external-secrets.io/v1/clustersecretstores');
  await get(asAccount, namespacePath(place));
  await post(asAccount, '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token } });
  const may = (who: Ask) =>
    post(who, '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      spec: { resourceAttributes: { namespace: place, verb: 'get', resource: 'secrets' } },
    });
  await may(asAccount);
  await may(ask);

  const path = `/apis/${rbac}/v1/namespaces/${place}`;
  const object = (kind: string, name: string, more: object) => ({
    apiVersion: `${rbac}/v1`,
    kind,
    metadata: { name },
    ...more,
  });
  const subjects = [{ kind: 'ServiceAccount', name: 'default', namespace: place }];
  const roleRef = { apiGroup: rbac, kind: 'Role', name: 'reader' };
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }];
  await apply(ask, `${path}/roles/reader`, object('Role', 'reader', { rules }));
  await apply(ask, `${path}/rolebindings/reader`, object('RoleBinding', 'reader', { roleRef, subjects }));
  await until(
    (call) => look({ ...call, token }),
    secrets,
    ({ status }) => status === 200,
  );
  await may(asAccount);
  await get(asAccount, secrets);
  await get(asAccount, `${secrets}/x`);
  await remove(asAccount, `${secrets}/x`);
  await post(ask, '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    spec: {
      user: `system:serviceaccount:${place}:default`,
      resourceAttributes: { namespace: place, verb: 'list', resource: 'secrets' },
    },
  });
  const other = { ...roleRef, name: 'other' };
  await apply(ask, `${path}/rolebindings/reader`, object('RoleBinding', 'reader', { roleRef: other, subjects }));
  await apply(ask, `${path}/rolebindings/none`, object('RoleBinding', 'none', { subjects }));
  await apply(
    ask,
    `${path}/rolebindings/short`,
    object('RoleBinding', 'short', {
      roleRef: { kind: 'Role', name: 'reader' },
      subjects: [...subjects, { kind: 'User', name: 'x' }],
    }),
  );
  await apply(
    ask,
    `${path}/roles/empty`,
    object('Role', 'empty', { rules: [{ apiGroups: [''], resources: ['secrets'] }] }),
  );
  await post(
    ask,
    `/apis/${rbac}/v1/clusterroles`,
    object('ClusterRole', place, { rules: [{ resources: ['x'], verbs: ['y'] }] }),
  );
  await post(ask, `${path}/roles`, object('Role', 'bare', {}));
};
