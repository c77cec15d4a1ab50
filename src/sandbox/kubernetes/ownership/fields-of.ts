import { elementsOf, isMap, type Json, membersOf } from '../json.ts';
import { memberSchema, type Schema } from '../schema/schema.ts';
import { type FieldSet, fieldIn, root } from './field-set.ts';
import { shapeOf } from './shape.ts';

/** The fields that an applied object states: its leaves, and the keys and items that hold them. */
export const fieldsOf = (schema: Schema | undefined, value: Json): FieldSet => {
  const found = new Set<string>();
  const collect = (part: Schema | undefined, inner: Json, path: string): void => {
    const shape = shapeOf(part, inner);
    switch (shape.is) {
      case 'leaf':
        found.add(path);
        return;
      case 'list':
        for (const item of elementsOf(inner)) {
          const at = shape.pathOf(path, item);
          found.add(at);
          collect(shape.items, item, at);
        }
        return;
      case 'map':
        for (const [key, item] of Object.entries(membersOf(inner))) {
          const at = fieldIn(path, key);
          if (item === null || isEmptyMap(item) || !declares(part, key)) found.add(at);
          collect(memberSchema(part, key), item, at);
        }
    }
  };
  collect(schema, value, root);
  found.delete(root);
  return found;
};

const isEmptyMap = (value: Json): boolean => isMap(value) && Object.keys(value).length === 0;

/** Whether a member is named by the schema, and not merely a key of a map. */
export const declares = (schema: Schema | undefined, key: string): boolean =>
  Object.hasOwn(schema?.properties ?? {}, key);
