import { type Cluster, definitionType, isEstablished, timestamp } from '../cluster.ts';
import { typesOfDefinition } from '../custom-types.ts';
import { membersOf } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { resourceName } from '../resource-type.ts';
import { definitionFinalizer, removeObject } from '../writing/remove.ts';
import { updateObject } from '../writing/update.ts';
import { type Controller, placeOf, releaseFinalizer } from './controller.ts';

/** Takes CustomResourceDefinitions into service, and out of it once the last of their objects is gone. */
export const definitions: Controller = (cluster, { resource, type, object }) => {
  if (resource === resourceName(definitionType)) {
    if (type === 'DELETED') return;
    if (object.metadata.deletionTimestamp !== undefined) return retire(cluster, object);
    if (!isEstablished(object)) establish(cluster, object);
    return;
  }
  if (type !== 'DELETED') return;
  const definition = cluster.storage.get(definitionType, '', resource);
  if (definition?.metadata.deletionTimestamp !== undefined) retire(cluster, definition);
};

const condition = (type: string, reason: string, message: string) => {
  return { type, status: 'True', lastTransitionTime: timestamp(), reason, message };
};

const establish = (cluster: Cluster, definition: KubeObject): void => {
  const manner = { manager: 'kube-apiserver', subresource: 'status' } as const;
  updateObject(cluster, definitionType, placeOf(definition), manner, (live) => ({
    object: {
      ...live,
      status: {
        ...membersOf(live['status']),
        conditions: [
          condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
          condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
        ],
        acceptedNames: membersOf(live['spec'])['names'] ?? {},
      },
    },
  }));
};

const retire = (cluster: Cluster, definition: KubeObject): void => {
  const [type] = typesOfDefinition(definition);
  if (type === undefined || !cluster.storage.get(definitionType, '', definition.metadata.name)) return;
  for (const object of cluster.storage.list(type, '')) removeObject(cluster, type, placeOf(object), {});
  if (cluster.storage.list(type, '').length === 0)
    releaseFinalizer(cluster, definitionType, definition, definitionFinalizer);
};
