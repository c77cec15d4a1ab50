import { isMap, type Json, type JsonMap } from '../json.ts';

/** A JSON merge patch (RFC 7386) applied: null removes. */
export const mergePatched = (target: Json | undefined, patch: Json): Json => {
  if (!isMap(patch)) return patch;
  const result: Record<string, Json> = isMap(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatched(result[key], value);
  }
  return result satisfies JsonMap;
};
