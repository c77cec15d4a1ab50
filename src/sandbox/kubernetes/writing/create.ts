import { randomInt, randomUUID } from 'node:crypto';
import { builtInType, type Cluster, timestamp } from '../cluster.ts';
import type { KubeObject, Metadata } from '../object.ts';
import { type Owners, writeOwners } from '../ownership/managers.ts';
import { trackUpdate } from '../ownership/track.ts';
import { alreadyExists, badRequest, forbidden, internal, notFound } from '../refusal.ts';
import { apiVersionOf, type ResourceType } from '../resource-type.ts';
import { checkObject, completed } from './complete.ts';
import { type Manner, managerOf, named, type Proposal } from './manner.ts';

/** Stores a new object and answers it. `namespace`: '' for cluster-wide types. Throws 400, 403, 404, 409, 422. */
export const createObject = (
  cluster: Cluster,
  type: ResourceType,
  namespace: string,
  { object: draft, owners }: Proposal,
  manner: Manner,
): KubeObject => {
  const { storage } = cluster;
  if (draft.metadata.resourceVersion && owners === undefined)
    internal('resourceVersion should not be set on objects to be created');
  checkPlace(type, draft.metadata, namespace);
  if (type.namespaced) requireNamespace(cluster, type, namespace, draft.metadata.name);

  const { status: _status, ...content } = draft;
  const metadata = newMetadata(type, namespace, draft.metadata);
  const { apiVersion, kind } = draft;
  const complete = completed(type, { ...(type.hasStatus ? content : draft), apiVersion, kind, metadata });
  const tracked = owners ?? ownersOfNew(type, complete, manner);
  const object = type.rules.stamp(complete, undefined);
  checkObject(type, object);
  if (storage.get(type, namespace, metadata.name) !== undefined) alreadyExists(named(type, metadata.name));

  const managedFields = writeOwners(tracked);
  const whole = managedFields.length === 0 ? object : { ...object, metadata: { ...object.metadata, managedFields } };
  return manner.dryRun === true ? whole : storage.put(type, whole);
};

const ownersOfNew = (type: ResourceType, object: KubeObject, manner: Manner): Owners => {
  const blank = { ...type.blank, apiVersion: apiVersionOf(type), kind: type.kind };
  const by = managerOf(type, manner, 'Update');
  return trackUpdate({ schema: type.schema, live: blank, owners: new Map(), by, now: timestamp() }, object).owners;
};

/** Refuses an object that says it lives elsewhere than the path. */
export const checkPlace = (type: ResourceType, metadata: Metadata, namespace: string): void => {
  const stated = metadata.namespace ?? '';
  if (stated === '' || stated === namespace || !type.namespaced) return;
  badRequest('the namespace of the provided object does not match the namespace sent on the request');
};

const requireNamespace = ({ storage }: Cluster, type: ResourceType, namespace: string, name: string): void => {
  const found =
    storage.get(builtInType('Namespace'), '', namespace) ??
    notFound({ group: '', plural: 'namespaces', kind: 'Namespace', name: namespace });
  if (found.metadata.deletionTimestamp === undefined) return;
  forbidden(
    named(type, name),
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  );
};

const newMetadata = (type: ResourceType, namespace: string, given: Metadata): Metadata => {
  const {
    resourceVersion: _v,
    managedFields: _m,
    deletionTimestamp: _d,
    selfLink: _s,
    deletionGracePeriodSeconds: _g,
    generation: _n,
    ...kept
  } = given;
  const { generateName = '', name } = given;
  return {
    ...kept,
    name: name === '' && generateName !== '' ? `${generateName}${randomSuffix()}` : name,
    ...(type.namespaced ? { namespace } : {}),
    uid: randomUUID(),
    ...(type.counts ? { generation: 1 } : {}),
    creationTimestamp: timestamp(),
  };
};

// Without vowels, so that no word comes out.
const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789';

const randomSuffix = (): string =>
  Array.from({ length: 5 }, () => suffixLetters[randomInt(suffixLetters.length)]).join('');
