/** The API group of External Secrets. */
export const group = 'external-secrets.io';

/** The versions that lab writes and reads, best first: for its fields they differ in nothing but the name. */
export const knownVersions = ['v1', 'v1beta1'] as const;

const plurals = {
  ClusterSecretStore: 'clustersecretstores',
  SecretStore: 'secretstores',
  ExternalSecret: 'externalsecrets',
} as const;

/** The Kubernetes kinds that lab manages here. */
export type Definition = keyof typeof plurals;

const definitions = ['ClusterSecretStore', 'SecretStore', 'ExternalSecret'] as const satisfies readonly Definition[];

/** The name of the CustomResourceDefinition: `externalsecrets.external-secrets.io`. */
export const crdName = (definition: Definition): string => `${plurals[definition]}.${group}`;

/** The gate that opens once the API server serves the kind. */
export const crdGate = (definition: Definition): string => `external-secrets.crd/${crdName(definition)}`;

/** The kind that stands behind a gate, or undefined for a gate that External Secrets does not have. */
export const behindGate = (gate: string): Definition | undefined =>
  definitions.find((definition) => crdGate(definition) === gate);
