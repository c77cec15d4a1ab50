import { type Json, type JsonMap, membersOf } from './json.ts';

/** A Kubernetes object as it is stored and sent. */
export interface KubeObject extends JsonMap {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

/** What the server keeps about every object. */
export interface Metadata extends JsonMap {
  readonly name: string;
  readonly namespace?: string;
  readonly generateName?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Texts;
  readonly annotations?: Texts;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly ManagedFieldsEntry[];
}

/** Labels, annotations. */
export interface Texts extends JsonMap {
  readonly [key: string]: string;
}

/** Whom an object belongs to: it goes when they go. */
export interface OwnerReference extends JsonMap {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** Who owns which fields: https://kubernetes.io/docs/reference/using-api/server-side-apply/ */
export interface ManagedFieldsEntry extends JsonMap {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly fieldsV1: JsonMap;
  readonly time?: string;
  readonly subresource?: string;
}

/** JSON that has been an object all along, after work on its members. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- decodeObject has looked at what the type says of it
export const asObject = (value: Json): KubeObject => membersOf(value) as KubeObject;
