import type { Cause, FieldChange, Shown } from '../engine/change.ts';
import type { Json } from '../engine/value.ts';
import { oneLine } from './text.ts';

// Bare text that a reader could take for another type, for a mark or for part of the line gets quotes.
const needsQuotes = /^$|^\s|\s$|^["'[{(]|^(true|false|null|-?\d[\d.eE+-]*)$|→|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** A value on one line: strings bare where that is clear, else quoted; maps and lists as JSON. */
export const jsonText = (value: Json): string => {
  if (typeof value === 'string' && !needsQuotes.test(value)) return value;
  return oneLine(JSON.stringify(value));
};

/** One side of a difference. */
export const shownText = (shown: Shown): string => {
  if ('known' in shown) return jsonText(shown.known);
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

const causeText = {
  pending: '',
  drift: '   changed by somebody else',
  both: '   changed by somebody else and in the manifest',
  unattributed: '',
} as const satisfies Record<Cause, string>;

const isSecretShown = (shown: Shown): boolean => 'secret' in shown;
const isAbsent = (shown: Shown): boolean => 'absent' in shown;

/** A field's difference for a plan: `path  before → after`. */
export const fieldText = (field: FieldChange): [string, string] => {
  const path = oneLine(field.path);
  if (field.kept === true) return [path, '(secret, changed by somebody else, kept)'];
  if (isSecretShown(field.after)) {
    const value = isAbsent(field.before) ? '(secret)' : shownText(field.after);
    return [path, `${value}${causeText[field.cause]}`];
  }
  return [path, `${shownText(field.before)} → ${shownText(field.after)}${causeText[field.cause]}`];
};

/** A field of something that does not exist yet: `path  value`. */
export const newFieldText = (field: FieldChange): [string, string] => [
  oneLine(field.path),
  isSecretShown(field.after) ? '(secret)' : shownText(field.after),
];

/** A field's difference for drift, where the direction of "before" would mislead: `path  live 5, wanted 3`. */
export const driftedFieldText = (field: FieldChange): [string, string] => {
  const path = oneLine(field.path);
  if (isSecretShown(field.before) || isSecretShown(field.after)) return [path, '(secret, changed)'];
  return [path, `live ${shownText(field.before)}, wanted ${shownText(field.after)}`];
};
