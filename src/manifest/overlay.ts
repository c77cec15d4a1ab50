import { formatPath, type Path } from '../engine/path.ts';
import type { Origin } from '../engine/resource.ts';
import { didYouMean } from '../engine/suggest.ts';
import { type Checked, type Complaint, complaint, failed, unless } from './complaint.ts';
import { type Entry, keyOriginOf, type MapTree, originOf, type Tree } from './yaml/tree.ts';

/** A manifest's tree with one environment laid over it. */
export interface Chosen {
  readonly environment: string;
  readonly tree: MapTree;
}

// Part of the owner, or of the choice itself: these cannot differ between environments.
const fixed = ['apiVersion', 'name', 'environments', 'defaultEnvironment'];

/** The names of a manifest's environments; undefined if it has no `environments`. */
export const environmentsOf = (root: MapTree): readonly string[] | undefined => {
  const tree = root.entries.get('environments')?.value;
  return tree?.is === 'map' && tree.entries.size > 0 ? [...tree.entries.keys()] : undefined;
};

/** Chooses the environment and lays it over the rest. Without `environments` it is called `default`. */
export const chooseEnvironment = (root: MapTree, requested: string | undefined): Checked<Chosen> => {
  const names = environmentsOf(root);
  const fallback = root.entries.get('defaultEnvironment')?.value;
  const preset = fallback?.is === 'leaf' && typeof fallback.value === 'string' ? fallback.value : undefined;
  const environment = requested ?? preset ?? (names === undefined ? 'default' : undefined);
  if (environment === undefined) {
    const text = `choose one of ${names?.join(', ')} with -e, or name one in defaultEnvironment`;
    return failed([complaint(keyOriginOf(root, ['environments']), text)]);
  }
  if (names === undefined ? environment === 'default' : names.includes(environment)) {
    const overlay = names === undefined ? undefined : child(root, 'environments', environment);
    return lay(root, environment, overlay);
  }
  const origin = requested === undefined ? originOf(root, ['defaultEnvironment']) : undefined;
  const known = names === undefined ? 'this manifest has no environments' : `there are ${names.join(', ')}`;
  const text = `there is no environment ${environment}; ${known}${didYouMean(environment, names ?? [])}`;
  return failed([complaint(origin, text)]);
};

const child = (root: MapTree, ...[first, second]: [string, string]): Tree | undefined => {
  const section = root.entries.get(first)?.value;
  return section?.is === 'map' ? section.entries.get(second)?.value : undefined;
};

const lay = (root: MapTree, environment: string, overlay: Tree | undefined): Checked<Chosen> => {
  const path = ['environments', environment];
  if (overlay === undefined || (overlay.is === 'leaf' && overlay.value === null)) {
    return unless(leftovers(root), { environment, tree: root });
  }
  if (overlay.is !== 'map') {
    return failed([complaint(originOf(root, path), 'an environment is a map of what differs in it')]);
  }
  const moved = fixed.filter((key) => overlay.entries.has(key));
  const complaints = moved.map((key) =>
    complaint(keyOriginOf(root, [...path, key]), 'cannot differ between environments'),
  );
  const tree = merge(root, overlay, path, complaints);
  return unless([...complaints, ...leftovers(tree)], { environment, tree });
};

/** Maps merge, anything else replaces; a map of another `type` replaces the whole entry. */
const merge = (base: MapTree, overlay: MapTree, path: Path, complaints: Complaint[]): MapTree => {
  const entries = new Map(base.entries);
  for (const [key, entry] of overlay.entries) {
    const below = base.entries.get(key);
    if (entry.value.is === 'removed') {
      if (below === undefined) complaints.push(nothingToRemove(entry, [...path, key], base));
      entries.delete(key);
    } else if (below?.value.is === 'map' && entry.value.is === 'map' && !changesType(below.value, entry.value)) {
      entries.set(key, { place: below.place, value: merge(below.value, entry.value, [...path, key], complaints) });
    } else {
      entries.set(key, { place: entry.place, value: entry.value });
    }
  }
  return { is: 'map', place: base.place, entries };
};

const changesType = (base: MapTree, overlay: MapTree): boolean => {
  const [before, after] = [base.entries.get('type')?.value, overlay.entries.get('type')?.value];
  return before?.is === 'leaf' && after?.is === 'leaf' && before.value !== after.value;
};

const nothingToRemove = (entry: Entry, path: Path, base: MapTree): Complaint =>
  complaint(
    { ...entry.value.place, path: formatPath(path) },
    `there is nothing to remove${didYouMean(String(path.at(-1)), base.entries.keys())}`,
  );

/** Every `!remove` that no overlay has used up. */
const leftovers = (root: MapTree): Complaint[] =>
  [...root.entries]
    .filter(([key]) => key !== 'environments')
    .flatMap(([key, { value }]) => removals(value, [key]))
    .map((origin) =>
      complaint(origin, '!remove stands in an environment, for a key that the manifest has outside of it'),
    );

const removals = (tree: Tree, path: Path): Origin[] => {
  switch (tree.is) {
    case 'removed':
      return [{ ...tree.place, path: formatPath(path) }];
    case 'map':
      return [...tree.entries].flatMap(([key, { value }]) => removals(value, [...path, key]));
    case 'list':
      return tree.items.flatMap((item, index) => removals(item, [...path, index]));
    case 'leaf':
      return [];
  }
};
