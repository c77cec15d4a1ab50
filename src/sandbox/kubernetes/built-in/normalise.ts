import { isList, isMap, type Json, type JsonMap } from '../json.ts';
import { memberSchema, type Schema } from '../schema/schema.ts';
import { shortestQuantity } from './quantity.ts';

/**
 * A value as it comes back after the API server has had it in a Go struct: no nulls, no empty maps and lists, amounts
 * in their shortest form.
 * Only what the schema describes has been in one.
 */
export const throughStruct = (schema: Schema | undefined, value: Json): Json => {
  if (isList(value)) return value.map((item) => throughStruct(schema?.items, item));
  if (schema?.format === 'quantity') return shortestQuantity(typeof value === 'string' ? value : JSON.stringify(value));
  if (!isMap(value) || schema === undefined) return value;
  const kept = Object.entries(value).flatMap(([key, item]): (readonly [string, Json])[] => {
    const known = memberSchema(schema, key);
    const isEntry = typeof schema.additionalProperties === 'object';
    if (known === undefined) return [[key, item]];
    if (item === null) return isEntry ? [[key, '']] : [];
    return isEmptyCollection(known, item) ? [] : [[key, throughStruct(known, item)]];
  });
  return Object.fromEntries(kept);
};

const isEmptyCollection = (schema: Schema, value: Json): boolean =>
  isList(value)
    ? value.length === 0
    : isMap(value) && schema.additionalProperties !== undefined && Object.keys(value).length === 0;

/** The object with the members that its type always has. */
export const filledIn = (blank: JsonMap, object: JsonMap): JsonMap => {
  const missing = Object.entries(blank).map(([key, preset]) => {
    const there = object[key];
    const inner = isMap(there) && isMap(preset) ? filledIn(preset, there) : (there ?? preset);
    return [key, inner] as const;
  });
  return { ...object, ...Object.fromEntries(missing) };
};
