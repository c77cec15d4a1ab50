import type { Fields } from '../../engine/value.ts';

/** Only the fields that are set: an unset field is not managed. */
export const defined = (fields: { readonly [field: string]: Fields[string] | undefined }): Fields =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([field, value]) => (value === undefined ? [] : [[field, value] as const])),
  );
