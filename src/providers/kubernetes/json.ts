import type { Value } from '../../engine/value.ts';

// Reading JSON whose shape the server decides: each of these answers something harmless where it finds something else.

/** The members of a JSON object; none if it is something else. */
export const members = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};

/** The elements of a JSON list; none if it is something else. */
export const elements = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A JSON string, or undefined. */
export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Those members of a JSON object that are strings: labels, annotations, data. */
export const textMembers = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(members(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );

/** Any JSON as plain data of a spec. */
export const plainData = (value: unknown): Value => {
  if (Array.isArray(value)) return value.map(plainData);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plainData(member)]));
};
