/** Plain data. */
export type Json = null | boolean | number | string | readonly Json[] | JsonMap;

/** A JSON object. */
export interface JsonMap {
  readonly [key: string]: Json;
}

/** Whether a value is a JSON object. */
export const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a value is a JSON list. */
export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** The members of a JSON object; none if it is something else. */
export const membersOf = (value: Json | undefined): JsonMap => (isMap(value) ? value : {});

/** The elements of a JSON list; none if it is something else. */
export const elementsOf = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);

/** A JSON string, or undefined. */
export const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** One text member of a JSON object; '' if it has none. */
export const textIn = (value: Json | undefined, key: string): string => textOf(membersOf(value)[key]) ?? '';

/** Whether two values are equal, whatever the order of their members. */
export const same = (left: Json | undefined, right: Json | undefined): boolean => {
  if (left === right) return true;
  if (isList(left) && isList(right)) {
    return left.length === right.length && left.every((item, index) => same(item, right[index]));
  }
  if (!isMap(left) || !isMap(right)) return false;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => key in right && same(left[key], right[key]));
};

/** Text of JSON whose members are sorted: equal values, equal text. */
export const sortedText = (value: Json): string => {
  if (isList(value)) return `[${value.map(sortedText).join(',')}]`;
  if (!isMap(value)) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${sortedText(item)}`).join(',')}}`;
};
