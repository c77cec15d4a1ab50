import { type Cluster, typeOfKind } from '../cluster.ts';
import type { KubeObject, OwnerReference } from '../object.ts';
import { type ResourceType, resourceName } from '../resource-type.ts';
import { foreground, orphan } from '../writing/lifecycle.ts';
import { removeObject } from '../writing/remove.ts';
import { updateObject } from '../writing/update.ts';
import { type Controller, manager, placeOf, releaseFinalizer } from './controller.ts';

interface Found {
  readonly type: ResourceType;
  readonly object: KubeObject;
}

/** Deletes what belongs to owners that are gone, as https://kubernetes.io/docs/concepts/architecture/garbage-collection/ has it. */
export const garbage: Controller = (cluster, change) => {
  if (change.type === 'DELETED') {
    for (const dependent of dependentsOf(cluster, change.object)) settle(cluster, dependent);
    for (const owner of ownersOf(cluster, change.object)) finishForeground(cluster, owner);
    return;
  }
  const type = cluster.types().find((candidate) => resourceName(candidate) === change.resource);
  // The change may be old news by now.
  const object = type && cluster.storage.get(type, placeOf(change.object).namespace, change.object.metadata.name);
  if (type === undefined || object === undefined || object.metadata.uid !== change.object.metadata.uid) return;
  const found = { type, object };
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  if (deletionTimestamp !== undefined && finalizers.includes(foreground)) return deleteDependentsFirst(cluster, found);
  if (deletionTimestamp !== undefined && finalizers.includes(orphan)) return orphanDependents(cluster, found);
  settle(cluster, found);
};

const everything = (cluster: Cluster): readonly Found[] => {
  const types = new Map(cluster.types().map((type) => [resourceName(type), type]));
  return [...types.values()].flatMap((type) => cluster.storage.list(type, '').map((object) => ({ type, object })));
};

const dependentsOf = (cluster: Cluster, owner: KubeObject): readonly Found[] =>
  everything(cluster).filter(({ object }) =>
    object.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid),
  );

const ownersOf = (cluster: Cluster, object: KubeObject): readonly Found[] =>
  (object.metadata.ownerReferences ?? []).flatMap((reference) => ownerAt(cluster, reference, object) ?? []);

const ownerAt = (
  cluster: Cluster,
  { apiVersion, kind, name, uid }: OwnerReference,
  of: KubeObject,
): Found | undefined => {
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  const type = typeOfKind(cluster, group, kind, version);
  const object = type && cluster.storage.get(type, type.namespaced ? (of.metadata.namespace ?? '') : '', name);
  return type === undefined || object === undefined || object.metadata.uid !== uid ? undefined : { type, object };
};

/** Deletes an object whose owners are all gone; forgets those that are, where others remain. */
const settle = (cluster: Cluster, { type, object }: Found): void => {
  const references = object.metadata.ownerReferences ?? [];
  const present = references.filter((reference) => ownerAt(cluster, reference, object) !== undefined);
  if (present.length === references.length) return;
  if (present.length > 0) return keepOwners(cluster, { type, object }, present);
  removeObject(cluster, type, placeOf(object), { uid: object.metadata.uid ?? '' });
};

const keepOwners = (cluster: Cluster, { type, object }: Found, ownerReferences: readonly OwnerReference[]): void => {
  updateObject(cluster, type, placeOf(object), { manager }, (live) => {
    const { ownerReferences: _old, ...metadata } = live.metadata;
    return {
      object: { ...live, metadata: { ...metadata, ...(ownerReferences.length === 0 ? {} : { ownerReferences }) } },
    };
  });
};

const deleteDependentsFirst = (cluster: Cluster, owner: Found): void => {
  for (const { type, object } of dependentsOf(cluster, owner.object)) {
    const hasOwn = dependentsOf(cluster, object).length > 0;
    removeObject(cluster, type, placeOf(object), hasOwn ? { propagationPolicy: 'Foreground' } : {});
  }
  finishForeground(cluster, owner);
};

const finishForeground = (cluster: Cluster, { type, object }: Found): void => {
  if (object.metadata.finalizers?.includes(foreground) !== true) return;
  const blocks = ({ uid, blockOwnerDeletion }: OwnerReference) =>
    uid === object.metadata.uid && blockOwnerDeletion === true;
  const blocked = dependentsOf(cluster, object).some((dependent) =>
    dependent.object.metadata.ownerReferences?.some(blocks),
  );
  if (!blocked) releaseFinalizer(cluster, type, object, foreground);
};

const orphanDependents = (cluster: Cluster, { type, object }: Found): void => {
  for (const dependent of dependentsOf(cluster, object)) {
    const references = dependent.object.metadata.ownerReferences ?? [];
    keepOwners(
      cluster,
      dependent,
      references.filter(({ uid }) => uid !== object.metadata.uid),
    );
  }
  releaseFinalizer(cluster, type, object, orphan);
};
