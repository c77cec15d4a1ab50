import type { Json } from '../../engine/value.ts';

const isMap = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value without fields that are null: server-side apply refuses null where it takes no value of that name. */
export const withoutNulls = (value: Json): Json => {
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutNulls(item)]));
};

/** Only the fields that are null, as a merge patch that removes them whoever owns them; undefined if there are none. */
export const onlyNulls = (value: Json): Json | undefined => {
  if (value === null) return null;
  if (!isMap(value)) return undefined;
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const nulls = onlyNulls(item);
    return nulls === undefined ? [] : [[key, nulls] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
};
