import type { JsonMap } from './json.ts';
import type { KubeObject } from './object.ts';
import type { Cause } from './refusal.ts';
import type { Schema } from './schema/schema.ts';

/** One type of object in one version, built in or from a CustomResourceDefinition. */
export interface ResourceType {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly listKind: string;
  /** Its name in paths. */
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Whether a CustomResourceDefinition made it: such types behave otherwise in many small ways. */
  readonly custom: boolean;
  readonly schema: Schema;
  /** `status` is written apart from the rest, at a path of its own. */
  readonly hasStatus: boolean;
  /** `metadata.generation` counts changes of everything but metadata and status. */
  readonly counts: boolean;
  /** Members that every object of the type has, if only empty. */
  readonly blank: JsonMap;
  readonly rules: Rules;
  /** Field selectors beside metadata.name and metadata.namespace, by their labels: paths into the object. */
  readonly selectable: Readonly<Record<string, readonly string[]>>;
}

/** What a type does beyond its schema. */
export interface Rules {
  /** How its names are made. */
  readonly names: 'subdomain' | 'label' | 'path';
  /** How PUT treats one that it does not name a version of: refused, as Leases are, and made where there is none. */
  readonly put: 'blindly' | 'by-version';
  /** Whether DELETE answers the object where it is gone at once; else a Status. */
  readonly deleteAnswersObject: boolean;
  /** What the server makes of an object that is written; whoever writes owns that too. */
  readonly prepare: (object: KubeObject) => KubeObject;
  /** What the server itself adds or keeps; nobody owns it. */
  readonly stamp: (object: KubeObject, before: KubeObject | undefined) => KubeObject;
  /** What is wrong with it. */
  readonly check: (object: KubeObject, before: KubeObject | undefined) => readonly Cause[];
}

/** Rules of a type that has none of its own. */
export const plainRules: Rules = {
  names: 'subdomain',
  put: 'blindly',
  deleteAnswersObject: false,
  prepare: (object) => object,
  stamp: (object) => object,
  check: () => [],
};

/** `deployments.apps`, `secrets`: the type whatever its version. */
export const resourceName = ({ group, plural }: Pick<ResourceType, 'group' | 'plural'>): string =>
  group === '' ? plural : `${plural}.${group}`;

/** `v1`, `apps/v1`: how objects name their group and version. */
export const apiVersionOf = ({ group, version }: Pick<ResourceType, 'group' | 'version'>): string =>
  group === '' ? version : `${group}/${version}`;
