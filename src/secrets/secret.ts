import { timingSafeEqual } from 'node:crypto';

declare const opaque: unique symbol;

/** A secret value. It can be passed on, compared and revealed; printing, spreading or serialising it shows nothing. */
export interface Secret {
  readonly [opaque]: 'secret';
}

const values = new WeakMap<object, string>();

const shown = '(secret)';
const shell = {
  toString: () => shown,
  toJSON: () => shown,
  [Symbol.for('nodejs.util.inspect.custom')]: () => shown,
};

/** Wraps a value the moment it is read. */
export const secret = (value: string): Secret => {
  // The type's only member is a phantom; what makes it a Secret is its entry in the map.
  const wrapped: Secret = Object.freeze(Object.create(shell));
  values.set(wrapped, value);
  return wrapped;
};

/** Whether something is a Secret. */
export const isSecret = (value: unknown): value is Secret =>
  typeof value === 'object' && value !== null && values.has(value);

/** The plain value: only for the wire call that sends it, a fingerprint or an encoder that wraps its result again. */
export const reveal = (wrapped: Secret): string => {
  const value = values.get(wrapped);
  if (value === undefined) throw new TypeError('reveal was given something that is not a Secret');
  return value;
};

/** Whether two secrets hold the same value, in time that does not depend on where they differ. */
export const sameSecret = (left: Secret, right: Secret): boolean => {
  const [a, b] = [Buffer.from(reveal(left)), Buffer.from(reveal(right))];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** A secret made of another one: what is composed with a Secret is a Secret. */
export const mapSecret = (wrapped: Secret, change: (value: string) => string): Secret =>
  secret(change(reveal(wrapped)));
