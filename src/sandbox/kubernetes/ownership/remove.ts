import { isList, isMap, type Json } from '../json.ts';
import { memberSchema, type Schema } from '../schema/schema.ts';
import { type FieldSet, fieldIn, root, stepsOf } from './field-set.ts';
import { declares } from './fields-of.ts';
import { shapeOf } from './shape.ts';

/** The object without these fields. What is left empty goes too. */
export const withoutFields = (schema: Schema | undefined, value: Json, gone: FieldSet): Json => {
  const strip = (part: Schema | undefined, whole: Json, path: string): Json | undefined => {
    const shape = shapeOf(part, whole);
    if (shape.is === 'list' && isList(whole) && whole.length > 0) {
      const kept = whole.flatMap((item) => {
        const at = shape.pathOf(path, item);
        const inner = gone.has(at) ? undefined : strip(shape.items, item, at);
        return inner === undefined ? [] : [inner];
      });
      return kept.length === 0 ? undefined : kept;
    }
    if (shape.is !== 'map' || !isMap(whole) || Object.keys(whole).length === 0) return whole;
    const kept = Object.entries(whole).flatMap(([key, item]) => {
      const at = fieldIn(path, key);
      const inner = gone.has(at) ? undefined : strip(memberSchema(part, key), item, at);
      return inner === undefined ? [] : [[key, inner] as const];
    });
    return kept.length === 0 ? undefined : Object.fromEntries(kept);
  };
  return strip(schema, value, root) ?? {};
};

/**
 * The set with every named member of an object that the set reaches into: who owned the only field of `spec.template`
 * takes the template away with it, and who owned the only key of a map of texts takes no other key.
 */
export const withNamedParents = (schema: Schema | undefined, set: FieldSet): FieldSet => {
  const result = new Set(set);
  for (const path of set) {
    let inside = schema;
    for (const { at, name } of stepsOf(path)) {
      if (name !== undefined && declares(inside, name)) result.add(at);
      inside = name === undefined ? inside?.items : memberSchema(inside, name);
    }
  }
  return result;
};
