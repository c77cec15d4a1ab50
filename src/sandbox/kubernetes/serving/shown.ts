import type { JsonMap } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { apiVersionOf, type ResourceType } from '../resource-type.ts';

/** How objects leave the server: whole, or only what is known of every object. */
export type Shown = 'whole' | 'metadata';

/** What a request accepts: https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
export const shownAs = (accept: string): Shown =>
  /;\s*as=PartialObjectMetadata(List)?\b/.test(accept) ? 'metadata' : 'whole';

/** One object as it is sent, in the version that was asked for. */
export const show = (type: ResourceType, object: KubeObject, shown: Shown): JsonMap =>
  shown === 'metadata'
    ? { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }
    : { ...object, kind: type.kind, apiVersion: apiVersionOf(type) };

/** One object in a list: built-in types leave out what the list says already. */
export const showInList = (type: ResourceType, object: KubeObject, shown: Shown): JsonMap => {
  if (type.custom || shown === 'metadata') return show(type, object, shown);
  const { kind: _kind, apiVersion: _version, ...rest } = object;
  return rest;
};
