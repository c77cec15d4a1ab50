import type { KubeObject } from '../object.ts';
import type { Manager, Owners } from '../ownership/managers.ts';
import type { Named } from '../refusal.ts';
import { apiVersionOf, type ResourceType } from '../resource-type.ts';

/** How a write is made, beside what is written. */
export interface Manner {
  /** The field manager. */
  readonly manager: string;
  readonly subresource?: 'status';
  /** Everything is checked and answered, nothing is stored. */
  readonly dryRun?: boolean;
}

/** Where an object lives; '' for cluster-wide ones. */
export interface Place {
  readonly namespace: string;
  readonly name: string;
}

/** What a write would store; without owners they are found out by comparing. */
export interface Proposal {
  readonly object: KubeObject;
  readonly owners?: Owners;
}

/** The manager of a write, as managedFields lists it. */
export const managerOf = (
  type: ResourceType,
  { manager, subresource }: Manner,
  operation: 'Apply' | 'Update',
): Manager => ({
  manager,
  operation,
  apiVersion: apiVersionOf(type),
  ...(subresource === undefined ? {} : { subresource }),
});

/** The object, as failures speak of it. */
export const named = ({ group, plural, kind }: ResourceType, name: string): Named => ({ group, plural, kind, name });
