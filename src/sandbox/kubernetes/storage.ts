import type { Document } from '../store.ts';
import type { Content } from './content.ts';
import type { KubeObject } from './object.ts';
import { type ResourceType, resourceName } from './resource-type.ts';

/** One change of the stored objects, with the resourceVersion that it got. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** `secrets`, `deployments.apps` */
  readonly resource: string;
  readonly object: KubeObject;
  readonly before?: KubeObject;
  readonly version: number;
}

/** The objects of a cluster, and what happened to them. */
export interface Storage {
  get(type: ResourceType, namespace: string, name: string): KubeObject | undefined;
  /** In the order of namespaces and names; '' stands for all namespaces. */
  list(type: ResourceType, namespace: string): readonly KubeObject[];
  /** Stores under a new resourceVersion. */
  put(type: ResourceType, object: KubeObject): KubeObject;
  /** Answers the object as watchers see it go, with the resourceVersion of its end. */
  remove(type: ResourceType, object: KubeObject): KubeObject;
  version(): number;
  /** What happened after a version; undefined if that is too long ago. */
  since(version: number): readonly Change[] | undefined;
  /** Calls back at once, inside the write. Answers how to stop. */
  onChange(listener: (change: Change) => void): () => void;
}

const remembered = 5000;

/** Opens the objects of a document. */
export const openStorage = (document: Document<Content>): Storage => {
  const content = document.value;
  const listeners = new Set<(change: Change) => void>();
  const history: Change[] = [];
  const firstVersion = content.version;

  const objectsOf = (type: ResourceType): Record<string, KubeObject> => {
    const name = resourceName(type);
    content.objects[name] ??= {};
    return content.objects[name];
  };
  const versioned = (object: KubeObject): KubeObject => {
    content.version += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(content.version) } };
  };
  const announce = (change: Change): KubeObject => {
    history.push(change);
    if (history.length > remembered) history.shift();
    document.changed();
    for (const listener of listeners) listener(change);
    return change.object;
  };

  return {
    get: (type, namespace, name) => objectsOf(type)[`${namespace}/${name}`],
    list: (type, namespace) =>
      Object.entries(objectsOf(type))
        .filter(([key]) => namespace === '' || key.startsWith(`${namespace}/`))
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([, object]) => object),
    put: (type, object) => {
      const objects = objectsOf(type);
      const before = objects[keyOf(object)];
      const stored = versioned(object);
      objects[keyOf(object)] = stored;
      const seen = { resource: resourceName(type), object: stored, version: content.version };
      return announce(before === undefined ? { type: 'ADDED', ...seen } : { type: 'MODIFIED', before, ...seen });
    },
    remove: (type, object) => {
      delete objectsOf(type)[keyOf(object)];
      const gone = versioned(object);
      const seen = { resource: resourceName(type), object: gone, version: content.version };
      return announce({ type: 'DELETED', before: object, ...seen });
    },
    version: () => content.version,
    since: (version) => {
      const oldest = history[0]?.version ?? content.version + 1;
      if (version < firstVersion || version + 1 < oldest) return undefined;
      return history.filter((change) => change.version > version);
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;
