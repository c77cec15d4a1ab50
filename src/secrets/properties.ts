import { LabError } from '../errors.ts';
import { mapSecret, reveal, type Secret, secret } from './secret.ts';

/** Properties of a JSON object to set, or to take out with null. */
export type PropertyChanges = Readonly<Record<string, Secret | null>>;

/** The object's text with the changes in it; everything else of it stays, in its order. Throws CONFLICT if `text` is no JSON object. */
export const changeProperties = (text: Secret | undefined, changes: PropertyChanges, what: string): Secret => {
  const before = text === undefined ? {} : parseObject(text, what);
  const names = [...new Set([...Object.keys(before), ...Object.keys(changes)])];
  const after = names.flatMap((name): [string, unknown][] => {
    const change = Object.hasOwn(changes, name) ? changes[name] : undefined;
    if (change === null) return [];
    return [[name, change === undefined ? before[name] : reveal(change)]];
  });
  return secret(JSON.stringify(Object.fromEntries(after)));
};

/** The value of a property if it is there; texts as they are, everything else as JSON. */
export const propertyOf = (text: Secret, name: string, what: string): Secret | undefined => {
  const object = parseObject(text, what);
  if (!Object.hasOwn(object, name)) return undefined;
  const value = object[name];
  return mapSecret(text, () => (typeof value === 'string' ? value : JSON.stringify(value)));
};

const parseObject = (text: Secret, what: string): Readonly<Record<string, unknown>> => {
  try {
    const parsed: unknown = JSON.parse(reveal(text));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // The parser's own error quotes the text.
  }
  throw new LabError('CONFLICT', `${what} holds a value that is no JSON object, so it can have no properties`, {
    next: 'Name it as a whole, without "#" and a property, or make it a JSON object.',
  });
};
