import { isDeepStrictEqual } from 'node:util';
import { formatPath } from '../../engine/path.ts';
import type { Ownership } from '../../engine/resource.ts';
import { type Fields, isFields, type Value } from '../../engine/value.ts';
import type { Complaint } from '../complaint.ts';
import { type Draft, type Given, keyOrigin, whereElse, wrong } from '../expand/draft.ts';

/** One object: what every section says of it, put together, or why that cannot be. */
export const mergeDrafts = (
  given: Given,
  drafts: readonly [Draft, ...Draft[]],
): { draft: Draft; complaints: Complaint[] } => {
  const main = drafts.find(({ ownership }) => ownership === 'owned') ?? drafts[0];
  const others = drafts.filter((draft) => draft !== main);
  const complaints = others.flatMap((draft) => clash(given, main, draft));
  let spec = main.spec;
  for (const draft of others) {
    const differences: string[] = [];
    spec = mergeFields(spec, draft.spec, [], differences);
    for (const field of differences) {
      const text = `${field} of ${main.address} has another value at ${whereElse(keyOrigin(given, main.path))}`;
      complaints.push(wrong(given, draft.path, text));
    }
  }
  return {
    draft: {
      ...main,
      spec,
      ownership: strongest(drafts),
      dependsOn: union(drafts.map(({ dependsOn }) => dependsOn)),
      after: union(drafts.map(({ after }) => after)),
    },
    complaints,
  };
};

const strongest = (drafts: readonly Draft[]): Ownership => {
  const has = (ownership: Ownership) => drafts.some((draft) => draft.ownership === ownership);
  return has('owned') ? 'owned' : has('expected') ? 'expected' : 'contributed';
};

const union = (lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())].toSorted();

/** Two sections that cannot both be right about one object. */
const clash = (given: Given, main: Draft, other: Draft): Complaint[] => {
  const where = whereElse(keyOrigin(given, main.path));
  if (main.ownership === 'owned' && other.ownership === 'owned') {
    return [wrong(given, other.path, `is the same object as ${where}: ${main.address}`)];
  }
  const pair = new Set([main.ownership, other.ownership]);
  if (!pair.has('expected') || pair.size === 1) return [];
  if (pair.has('owned')) {
    return [wrong(given, other.path, `expects ${main.address} to be there already, and ${where} makes it`)];
  }
  const written = [main, other].find(({ ownership }) => ownership === 'contributed');
  const isEmpty = written === undefined || Object.keys(written.spec).length === 0;
  return isEmpty
    ? []
    : [wrong(given, other.path, `${main.address} is read and never written for one of this and ${where}`)];
};

const mergeFields = (base: Fields, more: Fields, path: readonly string[], differences: string[]): Fields => {
  const merged = new Map<string, Value>(Object.entries(base));
  for (const [key, value] of Object.entries(more)) {
    const below = merged.get(key);
    if (below === undefined) merged.set(key, value);
    else if (isFields(below) && isFields(value))
      merged.set(key, mergeFields(below, value, [...path, key], differences));
    else if (!isDeepStrictEqual(below, value)) differences.push(formatPath([...path, key]));
  }
  return Object.fromEntries(merged);
};
