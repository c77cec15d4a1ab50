import { isDeepStrictEqual } from 'node:util';
import { formatPath } from '../../engine/path.ts';
import type { Ownership } from '../../engine/resource.ts';
import { type Fields, isFields, type Value } from '../../engine/value.ts';
import type { Complaint } from '../complaint.ts';
import { type Draft, type Given, keyOrigin, whereElse, wrong } from '../expand/draft.ts';
import type { Group } from './identity.ts';

/** One object: what every section says of it, put together, or why that cannot be. */
export const mergeDrafts = (given: Given, drafts: Group): { draft: Draft; complaints: Complaint[] } => {
  const main = drafts.find(({ ownership }) => ownership === 'owned') ?? drafts[0];
  const others = drafts.filter((draft) => draft !== main);
  const clashes = others.flatMap((draft) => clash(given, main, draft));
  const differences: Complaint[] = [];
  const spec = others.reduce<Fields>(
    (merged, draft) =>
      mergeFields(merged, draft.spec, [], (field) => {
        const text = `${field} of ${main.address} has another value at ${whereElse(keyOrigin(given, main.path))}`;
        differences.push(wrong(given, draft.path, text));
      }),
    main.spec,
  );
  return {
    draft: {
      ...main,
      spec,
      ownership: strongest(drafts),
      dependsOn: union(drafts.map(({ dependsOn }) => dependsOn)),
      after: union(drafts.map(({ after }) => after)),
    },
    complaints: clashes.length > 0 ? clashes : differences,
  };
};

const strongest = (drafts: readonly Draft[]): Ownership => {
  const has = (ownership: Ownership) => drafts.some((draft) => draft.ownership === ownership);
  return has('owned') ? 'owned' : has('expected') ? 'expected' : 'contributed';
};

const union = (lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())].toSorted();

/** Two sections that cannot both be right about one object. */
const clash = (given: Given, main: Draft, other: Draft): Complaint[] => {
  const { address } = main;
  const at = (draft: Draft): string => whereElse(keyOrigin(given, draft.path));
  if (main.ownership === 'owned') {
    if (other.ownership === 'owned') return [wrong(given, other.path, `is the same object as ${at(main)}: ${address}`)];
    if (other.ownership === 'contributed') return [];
    return [wrong(given, other.path, `expects ${address} to be there already, and ${at(main)} makes it`)];
  }
  const [read, written] = main.ownership === 'expected' ? [main, other] : [other, main];
  const isClash =
    written.ownership === 'contributed' && read.ownership === 'expected' && Object.keys(written.spec).length > 0;
  return isClash ? [wrong(given, written.path, `contributes to ${address}, which ${at(read)} only expects`)] : [];
};

const mergeFields = (base: Fields, more: Fields, path: readonly string[], differs: (field: string) => void): Fields => {
  const merged = new Map<string, Value>(Object.entries(base));
  for (const [key, value] of Object.entries(more)) {
    const below = merged.get(key);
    if (below === undefined) merged.set(key, value);
    else if (isFields(below) && isFields(value)) merged.set(key, mergeFields(below, value, [...path, key], differs));
    else if (!isDeepStrictEqual(below, value)) differs(formatPath([...path, key]));
  }
  return Object.fromEntries(merged);
};
