import type { ManagedCluster, ObjectApi } from '../../../engine/ports.ts';
import { lookUp } from './look-up.ts';
import {
  applyObject,
  fieldManager,
  getWhole,
  listAll,
  objectIn,
  servedType,
  type Wire,
  withoutSecretData,
} from './objects.ts';
import { collectionPath, joinApiVersion, objectPath } from './paths.ts';
import { removeObject } from './remove.ts';

/** What the kinds of this provider work with. */
export interface KubeClient extends Wire {
  readonly objects: ObjectApi;
  /** What a cloud says of the cluster, where one runs it. */
  readonly managed?: ManagedCluster;
}

/** The objects of the cluster, for this provider and for others. No data of a Secret leaves it; own-objects.ts hands out that of lab's state. */
export const openObjects = (wire: Wire): ObjectApi => ({
  versions: async (group, kind) => (await wire.discovery.versionsOf(group, kind)).map(({ version }) => version),
  get: async (ref, version) => {
    const object = await getWhole(wire, ref, version);
    return object && withoutSecretData(object);
  },
  list: async (ref) => {
    const type = await servedType(wire, ref);
    return (await listAll(wire, collectionPath(type, ref.namespace))).map((item) =>
      withoutSecretData({ ...item, apiVersion: joinApiVersion(type.group, type.version), kind: type.kind }),
    );
  },
  lookUp: async (refs, version) =>
    (await lookUp(wire, refs, version)).map(
      (told) => told && { object: told.object && withoutSecretData(told.object) },
    ),
  apply: async (object, takeOver) => withoutSecretData((await applyObject(wire, object, { takeOver })).object),
  merge: async (ref, patch) => {
    const path = `${objectPath(await servedType(wire, ref), ref)}?fieldManager=${fieldManager}`;
    const answer = await wire.send({ method: 'PATCH', path, body: patch, contentType: 'application/merge-patch+json' });
    return withoutSecretData(objectIn(answer));
  },
  remove: (ref) => removeObject(wire, ref),
});
