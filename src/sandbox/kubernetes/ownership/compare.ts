import { elementsOf, isList, isMap, type Json, membersOf, same } from '../json.ts';
import { memberSchema, type Schema } from '../schema/schema.ts';
import { type FieldSet, fieldIn, root } from './field-set.ts';
import { itemsByPath, type Shape, shapeOf } from './shape.ts';

/** The fields in which two states of an object differ. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

type Side = Json | undefined;

/** Compares field by field, as the API server does to find out who changed what. */
export const compare = (schema: Schema | undefined, before: Json, after: Json): Comparison => {
  const added = new Set<string>();
  const modified = new Set<string>();
  const removed = new Set<string>();

  const note = (left: Side, right: Side, path: string): void => {
    if (left === undefined) added.add(path);
    else if (right === undefined) removed.add(path);
    else if (!same(left, right)) modified.add(path);
  };

  const walk = (part: Schema | undefined, left: Side, right: Side, path: string): void => {
    const shapes = [left, right].flatMap((side) => (side === undefined ? [] : [shapeOf(part, side)]));
    // Where the schema says nothing a value may turn from a map into a text: then both count.
    const distinct = shapes.filter((shape, index) => index === 0 || shape.is !== shapes[0]?.is);
    for (const shape of distinct) enter(shape, left, right, path);
  };

  const enter = (shape: Shape, left: Side, right: Side, path: string): void => {
    // An empty map is a field of its own: that it is there, or null, is all there is to own.
    if (shape.is === 'leaf' || (isBare(left) && isBare(right))) return note(left, right, path);
    if (shape.is === 'map') {
      for (const key of new Set([...keysOf(left), ...keysOf(right)])) {
        walk(memberSchema(shape.schema, key), membersOf(left)[key], membersOf(right)[key], fieldIn(path, key));
      }
    } else {
      const leftItems = itemsByPath(shape, path, elementsOf(left));
      const rightItems = itemsByPath(shape, path, elementsOf(right));
      for (const at of new Set([...leftItems.keys(), ...rightItems.keys()])) {
        walk(shape.items, leftItems.get(at), rightItems.get(at), at);
      }
    }
    if (left === undefined || right === undefined) note(left, right, path);
  };

  walk(schema, before, after, root);
  return { added, modified, removed };
};

const keysOf = (side: Side): readonly string[] => Object.keys(membersOf(side));

const isBare = (side: Side): boolean =>
  !(isMap(side) && Object.keys(side).length > 0) && !(isList(side) && side.length > 0);
