import type { JsonMap } from '../json.ts';
import type { KubeObject } from '../object.ts';
import type { Schema } from '../schema/schema.ts';
import { externalSecretSchema } from './external-secret-schema.ts';
import { vaultDynamicSecretSchema } from './generator-schema.ts';
import { storeSchema } from './store-schema.ts';

const ownGroup = 'external-secrets.io';

interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly shortName?: string;
  /** Default: the operator's own group, and v1. */
  readonly group?: string;
  readonly version?: string;
  readonly scope: 'Cluster' | 'Namespaced';
  readonly schema: Schema;
  readonly selectable?: readonly string[];
}

const kinds: readonly Kind[] = [
  {
    kind: 'ExternalSecret',
    plural: 'externalsecrets',
    shortName: 'es',
    scope: 'Namespaced',
    schema: externalSecretSchema,
    selectable: [
      '.spec.secretStoreRef.name',
      '.spec.secretStoreRef.kind',
      '.spec.target.name',
      '.spec.refreshInterval',
    ],
  },
  { kind: 'SecretStore', plural: 'secretstores', shortName: 'ss', scope: 'Namespaced', schema: storeSchema },
  {
    kind: 'ClusterSecretStore',
    plural: 'clustersecretstores',
    shortName: 'css',
    scope: 'Cluster',
    schema: storeSchema,
  },
  {
    kind: 'VaultDynamicSecret',
    plural: 'vaultdynamicsecrets',
    scope: 'Namespaced',
    group: 'generators.external-secrets.io',
    version: 'v1alpha1',
    schema: vaultDynamicSecretSchema,
  },
];

const definitionOf = ({
  kind,
  plural,
  shortName,
  scope,
  group = ownGroup,
  version = 'v1',
  schema,
  selectable,
}: Kind): KubeObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}`, labels: { 'external-secrets.io/component': 'controller' } },
  spec: {
    group,
    scope,
    names: {
      plural,
      singular: kind.toLowerCase(),
      kind,
      listKind: `${kind}List`,
      ...(shortName === undefined ? {} : { shortNames: [shortName] }),
      categories: ['external-secrets'],
    },
    conversion: { strategy: 'None' },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: asJson(schema) },
        ...(selectable === undefined ? {} : { selectableFields: selectable.map((jsonPath) => ({ jsonPath })) }),
      },
    ],
  },
});

const asJson = (schema: Schema): JsonMap => JSON.parse(JSON.stringify(schema));

/** The kinds of the External Secrets Operator that lab writes, in our own words. */
export const externalSecretsDefinitions: readonly KubeObject[] = kinds.map(definitionOf);
