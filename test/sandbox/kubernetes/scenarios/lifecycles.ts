import { apply, configMap, get, makeNamespace, merge, namespacePath, post, remove, textAt, until } from '../api.ts';
import type { Scenario } from '../transcript.ts';

const isGone = ({ status }: { readonly status: number }): boolean => status === 404;

/** A namespace from its birth to its end, which an object with a finalizer holds up. */
export const namespaces: Scenario = async (ask, place, look) => {
  const path = namespacePath(place);
  await post(ask, '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: place } });
  await post(ask, '/api/v1/namespaces', { metadata: { name: place } });
  await post(ask, '/api/v1/namespaces', { metadata: { name: 'with.dots' } });
  await post(ask, '/api/v1/namespaces', { metadata: { name: 'Capital' } });
  await until(look, `${path}/serviceaccounts/default`, ({ status }) => status === 200);
  await until(look, `${path}/configmaps/kube-root-ca.crt`, ({ status }) => status === 200);
  await get(ask, `${path}/serviceaccounts`);
  await get(ask, `${path}/configmaps`);
  await apply(ask, path, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: place, labels: { a: 'b' } } });
  await merge(ask, path, { metadata: { labels: { 'kubernetes.io/metadata.name': null } } });
  await merge(ask, path, { spec: { finalizers: [] }, status: { phase: 'Terminating' } });
  await apply(look, `${path}/secrets/held`, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'held', finalizers: ['x.io/y'] },
  });
  await remove(ask, path, { preconditions: { uid: 'other' } });
  await remove(ask, path, { propagationPolicy: 'Foreground' });
  await until(look, path, ({ body }) => JSON.stringify(body).includes('NamespaceFinalizersRemaining'));
  await apply(ask, `${path}/configmaps/late`, configMap('late'));
  await get(ask, path);
  await get(ask, `${path}/configmaps`);
  await remove(ask, path);
  await merge(ask, `${path}/secrets/held`, { metadata: { finalizers: null } });
  await until(look, path, isGone);
  await get(ask, path);
  await remove(ask, path);
  await remove(ask, namespacePath('default'));
};

/** What becomes of objects whose owner goes: in the background, in the foreground, as orphans. */
export const garbage: Scenario = async (ask, place, look) => {
  await makeNamespace(look, place);
  const path = `${namespacePath(place)}/configmaps`;
  const owned = async (name: string, more: object = {}) => {
    const owner = await post(ask, path, configMap('owner'));
    const reference = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'owner',
      uid: textAt(owner, 'metadata', 'uid'),
      ...more,
    };
    return (metadata: object = {}) => post(ask, path, configMap(name, { ownerReferences: [reference], ...metadata }));
  };

  await (await owned('background', { controller: true }))();
  await remove(ask, `${path}/owner`);
  await until(look, `${path}/background`, isGone);

  await (await owned('foreground', { blockOwnerDeletion: true }))({ finalizers: ['a.b/c'] });
  await remove(ask, `${path}/owner`, { propagationPolicy: 'Foreground' });
  await until(look, `${path}/foreground`, ({ body }) => JSON.stringify(body).includes('deletionTimestamp'));
  await get(ask, `${path}/owner`);
  await get(ask, `${path}/foreground`);
  await merge(ask, `${path}/foreground`, { metadata: { finalizers: null } });
  await until(look, `${path}/owner`, isGone);

  await (await owned('orphan', { blockOwnerDeletion: true }))();
  await remove(ask, `${path}/owner`, { propagationPolicy: 'Orphan' });
  await until(look, `${path}/owner`, isGone);
  await get(ask, `${path}/orphan`);

  const stray = { apiVersion: 'v1', kind: 'ConfigMap', name: 'nobody', uid: '00000000-0000-0000-0000-000000000000' };
  await post(ask, path, configMap('stray', { ownerReferences: [stray] }));
  await until(look, `${path}/stray`, isGone);
};

/** Workloads and webhooks, which are stored and run nothing: keyed lists and defaults. */
export const workloads: Scenario = async (ask, place, look) => {
  await makeNamespace(look, place);
  const path = `/apis/apps/v1/namespaces/${place}/deployments`;
  const container = {
    name: 'c',
    image: 'i',
    imagePullPolicy: 'Always',
    ports: [{ containerPort: 8080 }],
    env: [
      { name: 'A', value: '1' },
      { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
    ],
    envFrom: [{ secretRef: { name: 's' } }],
    volumeMounts: [{ name: 'v', mountPath: '/x' }],
    resources: { limits: { cpu: '1000m' } },
  };
  const template = {
    metadata: { labels: { app: 'x' } },
    spec: { containers: [container], volumes: [{ name: 'v', secret: { secretName: 's' } }] },
  };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: { selector: { matchLabels: { app: 'x' } }, template },
  };
  await apply(ask, `${path}/d`, deployment);
  await apply(ask, `${path}/d`, deployment);
  await merge(ask, `${path}/d`, { spec: { template: { metadata: { annotations: { r: '1' } } } } });
  await merge(ask, `${path}/d`, { metadata: { labels: { r: '1' } } });
  await apply(ask, `${path}/e`, {
    ...deployment,
    metadata: { name: 'e' },
    spec: { ...deployment.spec, selector: { matchLabels: { app: 'y' } } },
  });
  const hooks = `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${place}`;
  const rule = { apiGroups: ['nope.io'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['x'] };
  const webhook = {
    name: 'a.b.c',
    clientConfig: { url: 'https://localhost:1/x', caBundle: 'eA==' },
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Ignore',
    rules: [rule],
  };
  const apiVersion = 'admissionregistration.k8s.io/v1';
  await apply(ask, hooks, {
    apiVersion,
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: place },
    webhooks: [webhook],
  });
  await remove(ask, hooks);
  const limits = `${namespacePath(place)}/limitranges/l`;
  await apply(ask, limits, {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'l' },
    spec: { limits: [{ type: 'Container', max: { cpu: '1000m', memory: '1024Ki' } }] },
  });
  const events = `${namespacePath(place)}/events`;
  await post(ask, events, {
    metadata: { name: 'e', namespace: place },
    involvedObject: { kind: 'Secret', name: 's', namespace: place },
    reason: 'R',
    message: 'm',
    type: 'Normal',
  });
  await get(ask, `${events}?fieldSelector=involvedObject.name%3Ds`);
};
