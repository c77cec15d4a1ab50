import type { Json } from '../../engine/value.ts';

type Members = { readonly [key: string]: Json };

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same without members that are null: server-side apply refuses null where it takes no such value. */
export const withoutNulls = (wanted: Members): Members =>
  Object.fromEntries(
    Object.entries(wanted)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [key, isMembers(value) ? withoutNulls(value) : value]),
  );

/** The merge patch that takes out what is wanted to be null and is there, whoever owns it; undefined if nothing is. */
export const surplusOf = (wanted: Json | undefined, live: unknown): Members | undefined => {
  if (!isMembers(wanted) || !isMembers(live)) return undefined;
  const patch = Object.entries(wanted).flatMap(([key, value]): [string, Json][] => {
    if (live[key] === undefined) return [];
    if (value === null) return [[key, null]];
    const inner = surplusOf(value, live[key]);
    return inner === undefined ? [] : [[key, inner]];
  });
  return patch.length === 0 ? undefined : Object.fromEntries(patch);
};
