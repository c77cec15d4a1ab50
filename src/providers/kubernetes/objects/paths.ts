import type { ObjectRef } from '../../../engine/ports.ts';
import { LabError } from '../../../errors.ts';
import { type ServedType, versionPath } from './discovery.ts';

/** `v1`, `apps/v1`: how an object names its group and version. */
export const joinApiVersion = (group: string, version: string): string =>
  group === '' ? version : `${group}/${version}`;

/** Takes an apiVersion apart. The core group is ''. */
export const parseApiVersion = (apiVersion: string): { group: string; version: string } => {
  const slash = apiVersion.indexOf('/');
  return { group: apiVersion.slice(0, Math.max(slash, 0)), version: apiVersion.slice(slash + 1) };
};

/** The path of one object. Throws BAD_MANIFEST where namespace and type do not fit. */
export const objectPath = (type: ServedType, ref: ObjectRef): string => {
  if (type.namespaced && ref.namespace === undefined) {
    throw new LabError('BAD_MANIFEST', `a ${type.kind} lives in a namespace, and none is named for "${ref.name}"`);
  }
  if (!type.namespaced && ref.namespace !== undefined) {
    throw new LabError('BAD_MANIFEST', `a ${type.kind} lives in no namespace, and "${ref.name}" is given one`);
  }
  return `${collectionPath(type, ref.namespace)}/${encodeURIComponent(ref.name)}`;
};

/** The path of all objects of a type, in one namespace or in the whole cluster. */
export const collectionPath = (type: ServedType, namespace?: string): string => {
  const within = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${versionPath(type.group, type.version)}${within}/${type.plural}`;
};

/** For people: `Secret crossplane-system/azure-credentials`. */
export const nameOf = ({ kind, namespace, name }: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
