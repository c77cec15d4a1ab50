import {
  atomic,
  boolean,
  byDefault,
  integer,
  keyedList,
  listOf,
  object,
  type Schema,
  setOf,
  text,
  textMap,
} from '../schema/schema.ts';

/** `metadata` of every object. */
export const metadataSchema: Schema = object({
  name: text,
  generateName: text,
  namespace: text,
  uid: text,
  resourceVersion: text,
  generation: integer,
  creationTimestamp: text,
  deletionTimestamp: text,
  deletionGracePeriodSeconds: integer,
  selfLink: text,
  labels: textMap,
  annotations: textMap,
  finalizers: setOf(text),
  ownerReferences: keyedList(
    ['uid'],
    atomic(
      object({
        apiVersion: text,
        kind: text,
        name: text,
        uid: byDefault(text, ''),
        controller: boolean,
        blockOwnerDeletion: boolean,
      }),
    ),
  ),
  managedFields: listOf({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }),
});

/** The schema of a whole object, given its members beside apiVersion, kind and metadata. */
export const wholeObject = (schema: Schema): Schema => ({
  ...schema,
  type: 'object',
  properties: { ...schema.properties, apiVersion: text, kind: text, metadata: metadataSchema },
});
