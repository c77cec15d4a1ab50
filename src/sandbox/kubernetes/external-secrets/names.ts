import { type Schema, text } from '../schema/schema.ts';

const dns = (pattern: string, maxLength: number): Schema => ({ ...text, pattern, maxLength, minLength: 1 });

/** A Kubernetes name, a namespace, a key of a Secret, as the operator's definitions check them. */
export const objectName = dns('^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$', 253);
export const namespaceName = dns('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', 63);
export const secretKey = dns('^[-._a-zA-Z0-9]+$', 253);

/** A text out of a few; `preset`: the one that stands where none is given. */
export const choice = (allowed: readonly string[], preset?: string): Schema => ({
  ...text,
  enum: allowed,
  ...(preset === undefined ? {} : { default: preset }),
});
