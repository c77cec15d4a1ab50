import { createHash } from 'node:crypto';
import type { Json } from './value.ts';

/** JSON with sorted keys and no spaces: equal data, equal text. */
export const canonicalJson = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
};

/** Short hex SHA-256 of data: for "is it still the same", not for secrets. */
export const digest = (value: Json): string =>
  createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 32);

/** Whether two pieces of data are equal, whatever the order of their keys. */
export const sameJson = (left: Json, right: Json): boolean => canonicalJson(left) === canonicalJson(right);
