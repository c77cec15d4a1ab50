import { type Cluster, typeOfKind } from './cluster.ts';
import type { JsonMap } from './json.ts';
import type { KubeObject } from './object.ts';
import { unknownResource } from './refusal.ts';
import type { ResourceType } from './resource-type.ts';
import { applyObject } from './writing/apply.ts';
import { createObject } from './writing/create.ts';
import { decodeObject } from './writing/decode.ts';
import { type Removal, removeObject } from './writing/remove.ts';
import { updateObject } from './writing/update.ts';

/** Which object, for controllers of the sandbox. */
export interface ObjectRef {
  /** '' for the core group. */
  readonly group: string;
  readonly kind: string;
  /** Absent for cluster-wide objects. */
  readonly namespace?: string;
  readonly name: string;
}

/** One change as controllers hear of it. */
export interface ObjectChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
  /** The state before, unless it was added. */
  readonly before?: KubeObject;
}

/**
 * The objects of a sandbox cluster without the way over HTTP, for what plays a part in the cluster. The same rules
 * hold, and what the API server would refuse is thrown; `failureIn` tells the reason. `manager`: the field manager.
 */
export interface Objects {
  get(ref: ObjectRef): KubeObject | undefined;
  /** Without a namespace: all of them. */
  list(of: { readonly group: string; readonly kind: string; readonly namespace?: string }): readonly KubeObject[];
  create(object: KubeObject, manager: string): KubeObject;
  /** Replaces everything but the status. With metadata.resourceVersion it holds only for that state. */
  update(object: KubeObject, manager: string): KubeObject;
  /** Replaces the status alone. */
  updateStatus(object: KubeObject, manager: string): KubeObject;
  /** Server-side apply. */
  apply(object: KubeObject, manager: string, options?: { readonly force?: boolean }): KubeObject;
  /** Absent already is no failure. */
  remove(ref: ObjectRef, removal?: Removal): void;
  /** Calls back soon after every change, in order. Answers how to stop. */
  onChange(listener: (change: ObjectChange) => void): () => void;
}

/** Opens the objects of a cluster to code in this process. */
export const openObjects = (cluster: Cluster): Objects => {
  const { storage } = cluster;
  const served = (group: string, kind: string, version?: string): ResourceType =>
    typeOfKind(cluster, group, kind, version) ?? unknownResource();
  const typeOf = ({ apiVersion, kind }: KubeObject): ResourceType => {
    const [version = '', group = ''] = apiVersion.split('/').toReversed();
    return served(group, kind, version);
  };
  const update = (object: KubeObject, manner: { manager: string; subresource?: 'status' }): KubeObject => {
    const type = typeOf(object);
    const { namespace = '', name } = object.metadata;
    return updateObject(cluster, type, { namespace, name }, manner, () => ({ object: decodeObject(type, object) }));
  };

  return {
    get: ({ group, kind, namespace = '', name }) => {
      const type = typeOfKind(cluster, group, kind);
      return type && storage.get(type, namespace, name);
    },
    list: ({ group, kind, namespace = '' }) => {
      const type = typeOfKind(cluster, group, kind);
      return type === undefined ? [] : storage.list(type, namespace);
    },
    create: (object, manager) => {
      const type = typeOf(object);
      const proposal = { object: decodeObject(type, object) };
      return createObject(cluster, type, object.metadata.namespace ?? '', proposal, { manager });
    },
    update: (object, manager) => update(object, { manager }),
    updateStatus: (object, manager) => update(object, { manager, subresource: 'status' }),
    apply: (object, manager, { force = false } = {}) => {
      const { namespace = '', name } = object.metadata;
      const applied: JsonMap = object;
      return applyObject(cluster, typeOf(object), { namespace, name }, applied, { manager, force }).object;
    },
    remove: ({ group, kind, namespace = '', name }, removal = {}) => {
      const type = served(group, kind);
      if (storage.get(type, namespace, name) !== undefined) removeObject(cluster, type, { namespace, name }, removal);
    },
    onChange: (listener) =>
      storage.onChange(({ type, object, before }) => {
        queueMicrotask(() => listener({ type, object, ...(before === undefined ? {} : { before }) }));
      }),
  };
};
