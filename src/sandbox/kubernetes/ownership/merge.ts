import { elementsOf, isList, isMap, type Json, membersOf } from '../json.ts';
import { memberSchema, type Schema } from '../schema/schema.ts';
import { root } from './field-set.ts';
import { itemsByPath, type Shape, shapeOf } from './shape.ts';

type ListShape = Extract<Shape, { is: 'list' }>;

/** The live object with what is applied laid over it. */
export const merged = (schema: Schema | undefined, live: Json | undefined, applied: Json | undefined): Json => {
  if (applied === undefined) return live ?? null;
  if (live === undefined) return applied;
  const shape = shapeOf(schema, applied);
  switch (shape.is) {
    case 'leaf':
      return applied;
    case 'map':
      return isBare(live) && isBare(applied) ? applied : mergedMap(schema, live, applied);
    case 'list':
      return isBare(live) && isBare(applied) ? applied : mergedList(shape, elementsOf(live), elementsOf(applied));
  }
};

const isBare = (value: Json): boolean =>
  !(isMap(value) && Object.keys(value).length > 0) && !(isList(value) && value.length > 0);

const mergedMap = (schema: Schema | undefined, live: Json, applied: Json): Json => {
  const [left, right] = [membersOf(live), membersOf(applied)];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return Object.fromEntries([...keys].map((key) => [key, merged(memberSchema(schema, key), left[key], right[key])]));
};

/** Applied items come in the order in which they are applied; live ones that nobody applied stay where they were. */
const mergedList = (shape: ListShape, live: readonly Json[], applied: readonly Json[]): Json => {
  const left = itemsByPath(shape, root, live);
  const right = itemsByPath(shape, root, applied);
  const shared = [...right.keys()].filter((path) => left.has(path));
  const leftPaths = [...left.keys()];
  const rightPaths = [...right.keys()];
  const result: Json[] = [];
  const take = (path: string): void => {
    result.push(merged(shape.items, left.get(path), right.get(path)));
    if (shared[0] === path) shared.shift();
  };
  while (leftPaths.length > 0 || rightPaths.length > 0) {
    const [nextLeft, nextRight] = [leftPaths[0], rightPaths[0]];
    const isShared = nextLeft !== undefined && right.has(nextLeft);
    if (nextLeft !== undefined && nextLeft === nextRight) {
      take(nextLeft);
      leftPaths.shift();
      rightPaths.shift();
    } else if (nextLeft !== undefined && nextRight !== undefined && isShared && shared[0] !== nextLeft) {
      // Its turn comes, or was, where the applied list has it.
      leftPaths.shift();
    } else if (nextLeft !== undefined && !isShared) {
      take(nextLeft);
      leftPaths.shift();
    } else if (nextRight !== undefined) {
      take(nextRight);
      rightPaths.shift();
    } else {
      leftPaths.shift();
    }
  }
  return result;
};
