import { isList, isMap, type Json, type JsonMap, membersOf } from '../json.ts';
import type { Schema } from '../schema/schema.ts';
import { itemIn, valueIn } from './field-set.ts';

/** How ownership sees a value: as one field, as a map of fields, or as a list whose items are fields. */
export type Shape =
  | { readonly is: 'leaf' }
  | { readonly is: 'map'; readonly schema: Schema | undefined }
  | { readonly is: 'list'; readonly items: Schema | undefined; readonly pathOf: (path: string, item: Json) => string };

const leaf: Shape = { is: 'leaf' };

/** The shape that the schema gives a value; where it says nothing, the value's own: maps are merged, lists are leaves. */
export const shapeOf = (schema: Schema | undefined, value: Json): Shape => {
  if (isList(value) || schema?.type === 'array') return listShape(schema);
  const whole = schema?.['x-kubernetes-map-type'] === 'atomic';
  return !whole && (isMap(value) || schema?.type === 'object') ? { is: 'map', schema } : leaf;
};

const listShape = (schema: Schema = {}): Shape => {
  const { items } = schema;
  switch (schema['x-kubernetes-list-type'] ?? 'atomic') {
    case 'set':
      return { is: 'list', items, pathOf: valueIn };
    case 'map':
      return { is: 'list', items, pathOf: (path, item) => itemIn(path, keyOf(schema, item)) };
    default:
      return leaf;
  }
};

/** The members that tell an item of a keyed list from the others, defaults included: a port's protocol. */
const keyOf = (schema: Schema, item: Json): JsonMap => {
  const members = membersOf(item);
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  return Object.fromEntries(
    keys.map((key) => [key, members[key] ?? schema.items?.properties?.[key]?.default ?? null] as const),
  );
};

/** The items of a list by their paths; of equals the first counts. */
export const itemsByPath = (
  shape: Extract<Shape, { is: 'list' }>,
  path: string,
  list: readonly Json[],
): ReadonlyMap<string, Json> => {
  const found = new Map<string, Json>();
  for (const item of list) {
    const at = shape.pathOf(path, item);
    if (!found.has(at)) found.set(at, item);
  }
  return found;
};
