import { atomic, boolean, byDefault, listOf, object, type Schema, text, textMap } from '../schema/schema.ts';
import { choice, objectName, secretKey } from './names.ts';

const exactlyOne = (schema: Schema): Schema => ({ ...schema, minProperties: 1, maxProperties: 1 });

const strategies = {
  conversionStrategy: choice(['Default', 'Unicode'], 'Default'),
  decodingStrategy: choice(['Auto', 'Base64', 'Base64URL', 'None'], 'None'),
};
const remote = object(
  { key: text, property: text, version: text, metadataPolicy: choice(['None', 'Fetch'], 'None'), ...strategies },
  ['key'],
);
const storeRef = object({ name: objectName, kind: choice(['SecretStore', 'ClusterSecretStore']) });
const generatorRef = object(
  { apiVersion: byDefault(text, 'generators.external-secrets.io/v1alpha1'), kind: text, name: objectName },
  ['kind', 'name'],
);
const sourceRef = exactlyOne(object({ storeRef, generatorRef }));

const rewrite = exactlyOne(
  object({
    regexp: object({ source: text, target: text }, ['source', 'target']),
    transform: object({ template: text }, ['template']),
    merge: object({
      into: byDefault(text, ''),
      priority: listOf(text),
      priorityPolicy: choice(['IgnoreNotFound', 'Strict'], 'Strict'),
      conflictPolicy: choice(['Ignore', 'Error'], 'Error'),
      strategy: choice(['Extract', 'JSON'], 'Extract'),
    }),
  }),
);

const templateItems = listOf(
  object({ key: secretKey, templateAs: choice(['Values', 'KeysAndValues'], 'Values') }, ['key']),
);
const templateSource = object({ name: objectName, items: templateItems }, ['items', 'name']);

const template = object({
  type: text,
  engineVersion: choice(['v2'], 'v2'),
  mergePolicy: choice(['Replace', 'Merge'], 'Replace'),
  metadata: object({ labels: textMap, annotations: textMap, finalizers: listOf(text) }),
  data: textMap,
  templateFrom: listOf(
    object({
      configMap: templateSource,
      secret: templateSource,
      literal: text,
      target: choice(['Data', 'Annotations', 'Labels'], 'Data'),
    }),
  ),
});

/** ExternalSecret of external-secrets.io/v1, with the defaults of version 0.20.4. */
export const externalSecretSchema: Schema = object({
  spec: object({
    secretStoreRef: storeRef,
    refreshInterval: byDefault(text, '1h'),
    refreshPolicy: choice(['CreatedOnce', 'Periodic', 'OnChange']),
    target: byDefault(
      object({
        name: objectName,
        creationPolicy: choice(['Owner', 'Orphan', 'Merge', 'None'], 'Owner'),
        deletionPolicy: choice(['Delete', 'Merge', 'Retain'], 'Retain'),
        immutable: boolean,
        template,
      }),
      { creationPolicy: 'Owner', deletionPolicy: 'Retain' },
    ),
    data: listOf(object({ secretKey, remoteRef: remote, sourceRef }, ['remoteRef', 'secretKey'])),
    dataFrom: listOf(
      object({
        extract: remote,
        find: object({ name: object({ regexp: text }), path: text, tags: textMap, ...strategies }),
        rewrite: listOf(rewrite),
        sourceRef,
      }),
    ),
  }),
  status: object({
    binding: atomic(object({ name: byDefault(text, '') })),
    conditions: listOf(
      object(
        {
          type: choice(['Ready', 'Deleted']),
          status: text,
          reason: text,
          message: text,
          lastTransitionTime: text,
        },
        ['status', 'type'],
      ),
    ),
    refreshTime: { ...text, nullable: true },
    syncedResourceVersion: text,
  }),
});
