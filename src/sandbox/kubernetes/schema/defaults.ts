import { isList, isMap, type Json, type JsonMap } from '../json.ts';
import { memberSchema, type Schema } from './schema.ts';

/** The value with the defaults of its schema filled in, at every depth that the value has. */
export const withDefaults = (schema: Schema | undefined, value: Json): Json => {
  if (schema === undefined) return value;
  if (isList(value)) return value.map((item) => withDefaults(schema.items, item));
  return isMap(value) ? objectWithDefaults(schema, value) : value;
};

const objectWithDefaults = (schema: Schema, value: JsonMap): JsonMap => {
  const missing = Object.entries(schema.properties ?? {}).flatMap(([key, { default: preset, nullable }]) => {
    const absent = value[key] === undefined || (value[key] === null && nullable !== true);
    return absent && preset !== undefined ? [[key, preset] as const] : [];
  });
  const filled = Object.entries({ ...value, ...Object.fromEntries(missing) });
  return Object.fromEntries(filled.map(([key, item]) => [key, withDefaults(memberSchema(schema, key), item)]));
};
