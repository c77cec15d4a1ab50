import type { Cause, FieldChange, Shown } from '../engine/change.ts';
import type { Json } from '../engine/value.ts';
import { cut, oneLine } from './text.ts';

// Bare text that a reader could take for another type, for a mark or for part of the line gets quotes.
const needsQuotes = /^$|^\s|\s$|^["'[{(]|^(true|false|null|-?\d[\d.eE+-]*)$|→|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** A value on one line: strings bare where that is clear, else quoted; maps and lists as JSON. */
export const jsonText = (value: Json): string => {
  if (typeof value === 'string' && !needsQuotes.test(value)) return value;
  return oneLine(JSON.stringify(value));
};

/** One side of a difference, cut to so many columns where that is given. */
export const shownText = (shown: Shown, columns?: number): string => {
  if ('known' in shown) return cut(jsonText(shown.known), columns);
  if ('unknown' in shown) return `(known after apply: ${oneLine(shown.unknown)})`;
  if ('absent' in shown) return '(unset)';
  switch (shown.secret) {
    case 'same':
      return '(secret, unchanged)';
    case 'changed':
      return '(secret, changed)';
    case 'unverifiable':
      return '(secret, cannot be compared)';
  }
};

/** Who moved, where that is worth saying: with three blanks before it, for the end of a line. */
export const causeText = {
  pending: '',
  drift: '   changed by somebody else',
  both: '   changed by somebody else and in the manifest',
  unattributed: '',
} as const satisfies Record<Cause, string>;

const isSecretShown = (shown: Shown): boolean => 'secret' in shown;
const isAbsent = (shown: Shown): boolean => 'absent' in shown;

/** How one field reads beside its path, in so many columns; undefined: as many as it takes. */
export type FieldWording = (field: FieldChange, columns?: number) => string;

// Two values and ` → ` between them.
const halfOf = (columns: number | undefined, between: number): number | undefined =>
  columns === undefined ? undefined : Math.floor((columns - between) / 2);

/** A field's difference for a plan: `before → after`. */
export const changedField: FieldWording = (field, columns) => {
  if (field.kept === true) return '(secret, changed by somebody else, kept)';
  if (isSecretShown(field.after)) {
    const value = isAbsent(field.before) ? '(secret)' : shownText(field.after);
    return `${value}${causeText[field.cause]}`;
  }
  const side = halfOf(columns, 3);
  return `${shownText(field.before, side)} → ${shownText(field.after, side)}${causeText[field.cause]}`;
};

/** A field of something that does not exist yet: its value. */
export const newField: FieldWording = (field, columns) =>
  isSecretShown(field.after) ? '(secret)' : shownText(field.after, columns);

/** A field's difference for drift, where the direction of "before" would mislead: `live 5, wanted 3`. */
export const driftedField: FieldWording = (field, columns) => {
  if (isSecretShown(field.before) || isSecretShown(field.after)) return '(secret, changed)';
  const side = halfOf(columns, 14);
  return `live ${shownText(field.before, side)}, wanted ${shownText(field.after, side)}`;
};
