import { refuseNonBase64 } from '../built-in/secret-rules.ts';
import { type Cluster, timestamp } from '../cluster.ts';
import { type JsonMap, textIn } from '../json.ts';
import { asObject, type KubeObject } from '../object.ts';
import { fieldIn, isWithin, root } from '../ownership/field-set.ts';
import { type Owners, readOwners } from '../ownership/managers.ts';
import { trackApply, trackUpdate } from '../ownership/track.ts';
import { conflict, internal } from '../refusal.ts';
import { apiVersionOf, type ResourceType } from '../resource-type.ts';
import { refuseUntyped } from '../schema/typed.ts';
import { createObject } from './create.ts';
import { type Manner, managerOf, named, type Place, type Proposal } from './manner.ts';
import { updateObject } from './update.ts';

/** A write by server-side apply. */
export interface ApplyManner extends Manner {
  /** Take what others own. */
  readonly force: boolean;
}

/** Server-side apply; creates the object if it is not there. Throws 409 for fields of others, 500 for what the schema does not know. */
export const applyObject = (
  cluster: Cluster,
  type: ResourceType,
  place: Place,
  applied: JsonMap,
  manner: ApplyManner,
): { readonly object: KubeObject; readonly created: boolean } => {
  const apiVersion = apiVersionOf(type);
  const namespace = textIn(applied['metadata'], 'namespace');
  refuseUntyped(type.schema, applied, { name: place.name, namespace, apiVersion, kind: type.kind });
  if (type.kind === 'Secret' && !type.custom) {
    const object = `/v1, Kind=Secret`;
    refuseNonBase64(applied, (reason) =>
      internal(
        `failed to convert new object (${namespace}/${place.name}; ${object}) to proper version: unable to convert unstructured object to ${object}: error decoding from json: ${reason}`,
      ),
    );
  }
  if (cluster.storage.get(type, place.namespace, place.name) !== undefined || manner.subresource !== undefined) {
    return {
      object: updateObject(cluster, type, place, manner, (live) => laidOver(type, live, applied, manner)),
      created: false,
    };
  }
  const uid = textIn(applied['metadata'], 'uid');
  if (uid !== '') {
    conflict(
      named(type, place.name),
      `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
    );
  }
  const nothing = { ...type.blank, apiVersion, kind: type.kind, metadata: { name: place.name } };
  return {
    object: createObject(cluster, type, place.namespace, laidOver(type, nothing, applied, manner), manner),
    created: true,
  };
};

const laidOver = (type: ResourceType, live: KubeObject, applied: JsonMap, manner: ApplyManner): Proposal => {
  const { managedFields, ...metadata } = live.metadata;
  const bare = { ...live, metadata };
  const now = timestamp();
  const owners = managedFields === undefined ? ownersBeforeFirstApply(type, bare, now) : readOwners(managedFields);
  const by = managerOf(type, manner, 'Apply');
  const status = fieldIn(root, 'status');
  const writes = (path: string): boolean =>
    manner.subresource === 'status' ? isWithin(path, status) : !(type.hasStatus && isWithin(path, status));
  const written = trackApply({ schema: type.schema, live: bare, owners, by, now }, applied, {
    force: manner.force,
    writes,
  });
  return { object: asObject(written.object), owners: written.owners };
};

/** Until somebody applies, nobody may have been counting: then all that is there had one owner. */
const ownersBeforeFirstApply = (type: ResourceType, live: KubeObject, now: string): Owners => {
  const blank = { ...type.blank, apiVersion: live.apiVersion, kind: live.kind };
  const by = managerOf(type, { manager: 'before-first-apply' }, 'Update');
  return trackUpdate({ schema: type.schema, live: blank, owners: new Map(), by, now }, live).owners;
};
