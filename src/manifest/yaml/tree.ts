import { formatPath, type Path } from '../../engine/path.ts';
import type { Origin } from '../../engine/resource.ts';
import type { Json } from '../../engine/value.ts';

/** A place in a file, line and column from 1. */
export type Place = Omit<Origin, 'path'>;

/** YAML with the place of every key and value. Aliases and merge keys are resolved; their values keep their own places. */
export type Tree = MapTree | ListTree | LeafTree | RemovedTree;

/** A map; entries in the order of the file. */
export interface MapTree {
  readonly is: 'map';
  readonly place: Place;
  readonly entries: ReadonlyMap<string, Entry>;
}

/** A key's place and its value. */
export interface Entry {
  readonly place: Place;
  readonly value: Tree;
}

/** A list. */
export interface ListTree {
  readonly is: 'list';
  readonly place: Place;
  readonly items: readonly Tree[];
}

/** A single value. */
export interface LeafTree {
  readonly is: 'leaf';
  readonly place: Place;
  readonly value: null | boolean | number | string;
}

/** `!remove`: an overlay drops the key that it stands at. */
export interface RemovedTree {
  readonly is: 'removed';
  readonly place: Place;
}

/** The tree as plain data. */
export const toJson = (tree: Tree): Json => {
  switch (tree.is) {
    case 'map':
      return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, toJson(value)]));
    case 'list':
      return tree.items.map(toJson);
    case 'leaf':
      return tree.value;
    case 'removed':
      return null;
  }
};

/** Where a path was written: a leaf's own place, the key of a map or list; for a path that is not there, what it would stand in. */
export const originOf = (root: Tree, path: Path): Origin => {
  const step = follow(root, path);
  const place = step.tree.is === 'leaf' ? step.tree.place : step.key;
  return { ...place, path: formatPath(path) };
};

/** Where a path's key was written. */
export const keyOriginOf = (root: Tree, path: Path): Origin => ({
  ...follow(root, path).key,
  path: formatPath(path),
});

/** How much of a path is there. */
export const existing = (root: Tree, path: Path): Path => path.slice(0, follow(root, path).depth);

const follow = (root: Tree, path: Path): { tree: Tree; key: Place; depth: number } => {
  let [tree, key, depth] = [root, root.place, 0];
  for (const segment of path) {
    const next = child(tree, segment);
    if (next === undefined) break;
    [tree, key, depth] = [next.value, next.place, depth + 1];
  }
  return { tree, key, depth };
};

const child = (tree: Tree, segment: string | number): Entry | undefined => {
  if (tree.is === 'map') return tree.entries.get(String(segment));
  const item = tree.is === 'list' ? tree.items[Number(segment)] : undefined;
  return item && { place: item.place, value: item };
};
