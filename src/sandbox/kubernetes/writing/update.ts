import { type Cluster, timestamp } from '../cluster.ts';
import { type Json, type JsonMap, same } from '../json.ts';
import { asObject, type KubeObject, type ManagedFieldsEntry, type Metadata } from '../object.ts';
import { type Owners, readOwners, writeOwners } from '../ownership/managers.ts';
import { trackUpdate } from '../ownership/track.ts';
import { conflict, notFound } from '../refusal.ts';
import type { ResourceType } from '../resource-type.ts';
import { checkObject, completed } from './complete.ts';
import { isFinal } from './lifecycle.ts';
import { type Manner, managerOf, named, type Place, type Proposal } from './manner.ts';

/**
 * Replaces an object by what is proposed for it and answers the new state. A proposal that changes nothing stores
 * nothing; one that takes the last finalizer of an object in deletion ends it. Throws 404, 409, 422.
 */
export const updateObject = (
  cluster: Cluster,
  type: ResourceType,
  { namespace, name }: Place,
  manner: Manner,
  propose: (live: KubeObject) => Proposal,
): KubeObject => {
  const { storage } = cluster;
  const live = storage.get(type, namespace, name) ?? notFound(named(type, name));
  const { object: proposed, owners } = propose(live);
  const version = proposed.metadata.resourceVersion;
  if (version && version !== live.metadata.resourceVersion) conflict(named(type, name), staleVersion);

  const complete = completed(type, withoutForeignParts(type, live, proposed, manner));
  const tracked = owners ?? trackedOwners(type, live, proposed, complete, manner);
  const object = type.rules.stamp(complete, live);
  checkObject(type, object, live);
  const whole = withMetadata(object, live, tracked, type);
  if (isUnchanged(live, whole)) return live;
  if (manner.dryRun === true) return whole;
  if (isFinal(whole)) {
    storage.remove(type, whole);
    return whole;
  }
  return storage.put(type, whole);
};

const staleVersion = 'the object has been modified; please apply your changes to the latest version and try again';

/** Of a write to `status` only the status counts, of any other write everything else. */
const withoutForeignParts = (
  type: ResourceType,
  live: KubeObject,
  proposed: KubeObject,
  manner: Manner,
): KubeObject => {
  if (manner.subresource === 'status') return withStatus(live, proposed['status']);
  const object = { ...proposed, metadata: keptMetadata(live.metadata, proposed.metadata) };
  return type.hasStatus ? withStatus(object, live['status']) : object;
};

const withStatus = ({ status: _old, ...object }: KubeObject, status: Json | undefined): KubeObject =>
  asObject({ ...object, ...(status === undefined ? {} : { status }) });

// What only the server writes.
const ownMembers = [
  'namespace',
  'generateName',
  'creationTimestamp',
  'generation',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'resourceVersion',
];

const keptMetadata = (live: Metadata, proposed: Metadata): Metadata => {
  const own = Object.entries(live).filter(([key]) => ownMembers.includes(key));
  const given = Object.entries({ uid: live.uid ?? '', ...proposed }).filter(([key]) => !ownMembers.includes(key));
  return { ...Object.fromEntries([...own, ...given]), name: live.name };
};

const trackedOwners = (
  type: ResourceType,
  live: KubeObject,
  proposed: KubeObject,
  object: KubeObject,
  manner: Manner,
): Owners => {
  const stated = proposed.metadata.managedFields ?? [];
  const owners = readOwners(stated.length === 0 ? live.metadata.managedFields : stated.filter(isEntry));
  // Once nobody owns anything, the server stops counting until somebody applies.
  if (owners.size === 0) return owners;
  const by = managerOf(type, manner, 'Update');
  return trackUpdate({ schema: type.schema, live, owners, by, now: timestamp() }, object).owners;
};

// One empty entry asks for ownership to be forgotten.
const isEntry = (entry: Partial<ManagedFieldsEntry>): boolean => entry.manager !== undefined;

const withMetadata = (object: KubeObject, live: KubeObject, owners: Owners, type: ResourceType): KubeObject => {
  const { managedFields: _old, ...metadata } = object.metadata;
  const managedFields = writeOwners(owners);
  const { generation = 0 } = live.metadata;
  const counted = type.counts && !same(contentOf(live), contentOf(object));
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(counted ? { generation: generation + 1 } : {}),
      ...(managedFields.length === 0 ? {} : { managedFields }),
    },
  };
};

const contentOf = ({ apiVersion: _a, kind: _k, metadata: _m, status: _s, ...content }: KubeObject): JsonMap => content;

/** Who wrote last is no change where nothing else is. */
const isUnchanged = (live: KubeObject, next: KubeObject): boolean => same(timeless(live), timeless(next));

const timeless = ({ metadata, ...rest }: KubeObject): JsonMap => ({
  ...rest,
  metadata: {
    ...metadata,
    managedFields: (metadata.managedFields ?? []).map(({ time: _time, ...entry }) => entry),
  },
});
