import { builtInTypes } from './built-in/types.ts';
import type { Credentials } from './content.ts';
import { byPreference, typesOfDefinition } from './custom-types.ts';
import { elementsOf, membersOf } from './json.ts';
import type { KubeObject } from './object.ts';
import type { ResourceType } from './resource-type.ts';
import type { Storage } from './storage.ts';

/** One sandbox cluster: what all that answers requests works on. */
export interface Cluster {
  readonly storage: Storage;
  readonly credentials: Credentials;
  /** Who a cloud says comes with a token that is none of the cluster's own; undefined for nobody. */
  readonly guest: (token: string) => string | undefined;
  /** Every type that is served now. */
  types(): readonly ResourceType[];
}

/** The type of CustomResourceDefinitions themselves. */
export const definitionType: ResourceType = builtInType('CustomResourceDefinition');

/** A built-in type by its kind. */
export function builtInType(kind: string): ResourceType {
  const type = builtInTypes.find((candidate) => candidate.kind === kind);
  if (type === undefined) throw new Error(`there is no built-in type ${kind}`);
  return type;
}

/** Puts a cluster together. Custom types are those of the definitions that are established. */
export const openCluster = (
  storage: Storage,
  credentials: Credentials,
  guest: Cluster['guest'] = () => undefined,
): Cluster => {
  let custom: readonly ResourceType[] | undefined;
  storage.onChange((change) => {
    if (change.resource.startsWith(definitionType.plural)) custom = undefined;
  });
  return {
    storage,
    credentials,
    guest,
    types: () => {
      custom ??= storage.list(definitionType, '').filter(isEstablished).flatMap(typesOfDefinition);
      return [...builtInTypes, ...custom];
    },
  };
};

/** Whether the server has taken a definition into service. */
export const isEstablished = (definition: KubeObject): boolean =>
  elementsOf(membersOf(definition['status'])['conditions'])
    .map(membersOf)
    .some(({ type, status }) => type === 'Established' && status === 'True');

/** The type that a path speaks of; undefined if it is not served. */
export const typeAt = (cluster: Cluster, group: string, version: string, plural: string): ResourceType | undefined =>
  cluster.types().find((type) => type.group === group && type.version === version && type.plural === plural);

/** The type of a kind, in its preferred version or in the named one. */
export const typeOfKind = (cluster: Cluster, group: string, kind: string, version?: string): ResourceType | undefined =>
  cluster
    .types()
    .filter((type) => type.group === group && type.kind === kind && (version ?? type.version) === type.version)
    .toSorted((a, b) => byPreference(a.version, b.version))[0];

/** Now, as the server writes times: whole seconds. */
export const timestamp = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
