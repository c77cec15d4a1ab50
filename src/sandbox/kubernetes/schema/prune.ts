import { isList, isMap, type Json } from '../json.ts';
import { keepsUnknown, memberSchema, type Schema } from './schema.ts';

/** The value without the members that its schema does not speak of. */
export const pruned = (schema: Schema | undefined, value: Json): Json => {
  if (schema === undefined) return value;
  if (isList(value)) return value.map((item) => pruned(schema.items, item));
  if (!isMap(value)) return value;
  const kept = Object.entries(value).filter(([key]) => memberSchema(schema, key) !== undefined || keepsUnknown(schema));
  return Object.fromEntries(kept.map(([key, item]) => [key, pruned(memberSchema(schema, key), item)]));
};

/** The paths of those members, as strict field validation names them: `spec.unknown`. */
export const unknownFields = (schema: Schema | undefined, value: Json, path = ''): readonly string[] => {
  if (schema === undefined) return [];
  if (isList(value)) return value.flatMap((item, index) => unknownFields(schema.items, item, `${path}[${index}]`));
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const inner = path === '' ? key : `${path}.${key}`;
    const known = memberSchema(schema, key);
    return known === undefined && !keepsUnknown(schema) ? [inner] : unknownFields(known, item, inner);
  });
};
