import { builtInType, type Cluster, timestamp } from '../cluster.ts';
import { elementsOf, type JsonMap, membersOf, same } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { type ResourceType, resourceName } from '../resource-type.ts';
import { createObject } from '../writing/create.ts';
import { isFinal } from '../writing/lifecycle.ts';
import { removeObject } from '../writing/remove.ts';
import { updateObject } from '../writing/update.ts';
import { type Controller, manager, placeOf } from './controller.ts';

const namespaceType = builtInType('Namespace');
const accountType = builtInType('ServiceAccount');
const configMapType = builtInType('ConfigMap');

/** Gives every namespace what a cluster gives it, and empties those that are being deleted. */
export const namespaces: Controller = (cluster, { resource, type, object }) => {
  if (resource === 'namespaces' && type !== 'DELETED') {
    return object.metadata.deletionTimestamp === undefined
      ? furnish(cluster, object)
      : empty(cluster, object.metadata.name);
  }
  const found = cluster.storage.get(namespaceType, '', object.metadata.namespace ?? '');
  if (found === undefined || type !== 'DELETED') return;
  if (found.metadata.deletionTimestamp === undefined) furnish(cluster, found);
  else empty(cluster, found.metadata.name);
};

const furnish = (cluster: Cluster, { metadata: { name } }: KubeObject): void => {
  const lacks = (type: ResourceType, object: string) => cluster.storage.get(type, name, object) === undefined;
  if (lacks(accountType, 'default')) {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
    createObject(cluster, accountType, name, { object: account }, { manager });
  }
  if (lacks(configMapType, 'kube-root-ca.crt')) {
    createObject(cluster, configMapType, name, { object: rootAuthority(cluster.credentials.authority) }, { manager });
  }
};

const rootAuthority = (certificate: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'kube-root-ca.crt',
    annotations: {
      'kubernetes.io/description':
        'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
    },
  },
  data: { 'ca.crt': certificate },
});

const empty = (cluster: Cluster, name: string): void => {
  const found = cluster.storage.get(namespaceType, '', name);
  if (found === undefined || found.metadata.deletionTimestamp === undefined) return;
  const types = cluster.types().filter(({ namespaced }) => namespaced);
  for (const type of types) {
    for (const object of cluster.storage.list(type, name)) removeObject(cluster, type, placeOf(object), {});
  }
  const left = types.flatMap((type) => cluster.storage.list(type, name).map((object) => ({ type, object })));
  if (left.length === 0) return finish(cluster, name);
  const seen = membersOf(found['status']);
  const conditions = remaining(left, elementsOf(seen['conditions']).map(membersOf));
  const status = { ...seen, conditions };
  const manner = { manager, subresource: 'status' } as const;
  updateObject(cluster, namespaceType, placeOf(found), manner, (live) => ({ object: { ...live, status } }));
};

const finish = (cluster: Cluster, name: string): void => {
  const found = cluster.storage.get(namespaceType, '', name);
  if (found === undefined) return;
  const finished = { ...found, spec: {} };
  if (isFinal(finished)) cluster.storage.remove(namespaceType, finished);
  else if (!same(found['spec'], finished.spec)) cluster.storage.put(namespaceType, finished);
};

/** What still lives in a namespace that is being deleted, as its conditions tell it. */
const remaining = (
  left: readonly { readonly type: ResourceType; readonly object: KubeObject }[],
  before: readonly JsonMap[],
): readonly JsonMap[] => {
  const resources = counted(left.map(({ type }) => (type.group === '' ? `${type.plural}.` : resourceName(type))));
  const finalizers = counted(left.flatMap(({ object }) => object.metadata.finalizers ?? []));
  const conditions = [
    ['NamespaceDeletionDiscoveryFailure', 'False', 'ResourcesDiscovered', 'All resources successfully discovered'],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      'False',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ],
    [
      'NamespaceDeletionContentFailure',
      'False',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ],
    [
      'NamespaceContentRemaining',
      'True',
      'SomeResourcesRemain',
      `Some resources are remaining: ${resources.map(([name, count]) => `${name} has ${count} resource instances`).join(', ')}`,
    ],
    [
      'NamespaceFinalizersRemaining',
      'True',
      'SomeFinalizersRemain',
      `Some content in the namespace has finalizers remaining: ${finalizers.map(([name, count]) => `${name} in ${count} resource instances`).join(', ')}`,
    ],
  ];
  return conditions.map(([type = '', status = '', reason = '', message = '']) => {
    const old = before.find((condition) => condition['type'] === type);
    return { type, status, lastTransitionTime: old?.['lastTransitionTime'] ?? timestamp(), reason, message };
  });
};

const counted = (names: readonly string[]): readonly (readonly [string, number])[] =>
  [...new Set(names)].toSorted().map((name) => [name, names.filter((other) => other === name).length]);
