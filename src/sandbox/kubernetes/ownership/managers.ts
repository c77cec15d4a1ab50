import type { ManagedFieldsEntry } from '../object.ts';
import { decodeFields, encodeFields, type FieldSet } from './field-set.ts';

/** One owner of fields: a program that applies, or one that updates. */
export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource?: string;
}

/** What an owner has, and since when; an owner that changed nothing when it came has no time. */
export interface Ownership {
  readonly manager: Manager;
  readonly fields: FieldSet;
  readonly time?: string;
}

/** All owners of one object by `managerId`. */
export type Owners = ReadonlyMap<string, Ownership>;

/** What tells one owner from another: who applies is the same in every version, who updates is not. */
export const managerId = ({ manager, operation, apiVersion, subresource = '' }: Manager): string =>
  JSON.stringify([manager, operation, subresource, operation === 'Apply' ? '' : apiVersion]);

/** Reads `metadata.managedFields`. */
export const readOwners = (entries: readonly ManagedFieldsEntry[] | undefined): Owners =>
  new Map(
    (entries ?? []).map(({ manager, operation, apiVersion, subresource, time, fieldsV1 }) => {
      const owner = { manager, operation, apiVersion, ...(subresource === undefined ? {} : { subresource }) };
      const ownership = { manager: owner, fields: decodeFields(fieldsV1), ...(time === undefined ? {} : { time }) };
      return [managerId(owner), ownership] as const;
    }),
  );

/** Writes it, without those who own nothing. */
export const writeOwners = (owners: Owners): readonly ManagedFieldsEntry[] =>
  [...owners.values()]
    .filter(({ fields }) => fields.size > 0)
    .map(
      ({ manager: { manager, operation, apiVersion, subresource }, fields, time }): ManagedFieldsEntry => ({
        manager,
        operation,
        apiVersion,
        ...(time === undefined ? {} : { time }),
        fieldsType: 'FieldsV1',
        fieldsV1: encodeFields(fields),
        ...(subresource === undefined ? {} : { subresource }),
      }),
    )
    .toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));

const orderOf = ({ operation, time = '', manager, apiVersion, subresource = '' }: ManagedFieldsEntry): string =>
  [operation, time, manager, apiVersion, subresource].join('\u0000');
