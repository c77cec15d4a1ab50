import type { Json } from './json.ts';
import type { Cause } from './refusal.ts';

const quoted = (value: Json): string => JSON.stringify(value);

/** The usual complaints about one field, in the API server's words. */
export const required = (field: string, detail?: string): Cause => ({
  reason: 'FieldValueRequired',
  message: detail === undefined ? 'Required value' : `Required value: ${detail}`,
  field,
});

/** A value that is not as it must be, and what it must be. */
export const invalid = (field: string, value: Json, detail: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${quoted(value)}: ${detail}`,
  field,
});

/** A value that never changes. */
export const immutable = (field: string, value: Json): Cause => invalid(field, value, 'field is immutable');

/** A field that may not be set, or not now. */
export const notAllowed = (field: string, detail: string): Cause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${detail}`,
  field,
});

/** A value that is none of those there are. */
export const unsupported = (field: string, value: Json, supported: readonly Json[]): Cause => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${quoted(value)}: supported values: ${supported.map(quoted).join(', ')}`,
  field,
});

/** A value that may be there once. */
export const duplicate = (field: string, value: Json): Cause => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${quoted(value)}`,
  field,
});
