import type { Json } from './json.ts';
import type { Cause } from './refusal.ts';

const quoted = (value: Json): string => JSON.stringify(value);

/** The usual complaints about one field, in the API server's words. */
export const required = (field: string, detail?: string): Cause => ({
  reason: 'FieldValueRequired',
  message: detail === undefined ? 'Required value' : `Required value: ${detail}`,
  field,
});

export const invalid = (field: string, value: Json, detail: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${quoted(value)}: ${detail}`,
  field,
});

export const immutable = (field: string, value: Json): Cause => invalid(field, value, 'field is immutable');

export const notAllowed = (field: string, detail: string): Cause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${detail}`,
  field,
});

export const unsupported = (field: string, value: Json, supported: readonly Json[]): Cause => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${quoted(value)}: supported values: ${supported.map(quoted).join(', ')}`,
  field,
});

export const duplicate = (field: string, value: Json): Cause => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${quoted(value)}`,
  field,
});
