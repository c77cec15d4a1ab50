import { type Cluster, timestamp } from '../cluster.ts';
import { elementsOf, type JsonMap, membersOf } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { conflict, forbidden, notFound } from '../refusal.ts';
import type { ResourceType } from '../resource-type.ts';
import { foreground, isFinal, orphan } from './lifecycle.ts';
import { named, type Place } from './manner.ts';

/** How an object is deleted: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/delete-options/ */
export interface Removal {
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly dryRun?: boolean;
}

/** The answer to a delete: the object where it stays for a while, else a Status. Throws 403, 404, 409. */
export const removeObject = (
  cluster: Cluster,
  type: ResourceType,
  { namespace, name }: Place,
  removal: Removal,
): KubeObject | JsonMap => {
  const { storage } = cluster;
  const live = storage.get(type, namespace, name) ?? notFound(named(type, name));
  checkPreconditions(type, live, removal);
  if (type.kind === 'Namespace' && protectedNamespaces.includes(name)) {
    forbidden(named(type, name), 'this namespace may not be deleted');
  }
  const finalizers = finalizersOf(type, live, removal);
  const held = hold(type, live, finalizers);
  if (!isFinal(held)) {
    if (live.metadata.deletionTimestamp !== undefined) return live;
    return removal.dryRun === true ? held : storage.put(type, held);
  }
  const { metadata } = removal.dryRun === true ? live : storage.remove(type, live);
  if (type.rules.deleteAnswersObject) return { ...live, metadata };
  const { group, plural } = type;
  const details = { name, ...(group === '' ? {} : { group }), kind: plural, uid: live.metadata.uid ?? '' };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
};

const protectedNamespaces = ['default', 'kube-system', 'kube-public'];

/** Kept on a definition until the objects of its kind are gone. */
export const definitionFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

// Namespaces and definitions are deleted by code of their own in the API server, which words it otherwise.
const isSpecial = ({ kind }: ResourceType): boolean => kind === 'Namespace' || kind === 'CustomResourceDefinition';

const checkPreconditions = (type: ResourceType, live: KubeObject, { uid, resourceVersion }: Removal): void => {
  const { name, uid: liveUid = '', resourceVersion: liveVersion = '' } = live.metadata;
  if (uid !== undefined && uid !== liveUid) {
    if (isSpecial(type)) {
      const failed = type.kind === 'Namespace' ? 'Precondition' : 'precondition';
      conflict(named(type, name), `${failed} failed: UID in precondition: ${uid}, UID in object meta: ${liveUid}`);
    }
    conflict(
      named(type, name),
      `the UID in the precondition (${uid}) does not match the UID in record (${liveUid}). The object might have been deleted and then recreated`,
      'kind',
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== liveVersion) {
    conflict(
      named(type, name),
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${liveVersion}). The object might have been modified`,
      'kind',
    );
  }
};

const finalizersOf = (type: ResourceType, live: KubeObject, { propagationPolicy }: Removal): readonly string[] => {
  const own = live.metadata.finalizers ?? [];
  if (type.kind === 'CustomResourceDefinition') return [...new Set([...own, definitionFinalizer])];
  const others =
    propagationPolicy === undefined ? own : own.filter((finalizer) => finalizer !== foreground && finalizer !== orphan);
  switch (propagationPolicy ?? 'Background') {
    case 'Foreground':
      return [...others, foreground];
    case 'Orphan':
      return [...others, orphan];
    case 'Background':
      return others;
  }
};

const hold = (type: ResourceType, live: KubeObject, finalizers: readonly string[]): KubeObject => {
  const { generation, finalizers: _old, ...metadata } = live.metadata;
  const counted =
    generation === undefined ? {} : { generation: generation + (type.kind === 'CustomResourceDefinition' ? 0 : 1) };
  return {
    ...live,
    ...(isSpecial(type) ? { status: { ...membersOf(live['status']), ...terminating(type, live) } } : {}),
    metadata: {
      ...metadata,
      ...counted,
      deletionTimestamp: timestamp(),
      ...(isSpecial(type) ? {} : { deletionGracePeriodSeconds: 0 }),
      ...(finalizers.length === 0 ? {} : { finalizers }),
    },
  };
};

const terminating = (type: ResourceType, live: KubeObject): JsonMap => {
  if (type.kind === 'Namespace') return { phase: 'Terminating' };
  const condition = {
    type: 'Terminating',
    status: 'True',
    lastTransitionTime: timestamp(),
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  };
  return { conditions: [...elementsOf(membersOf(live['status'])['conditions']), condition] };
};
