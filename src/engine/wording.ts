import type { Path } from './path.ts';
import { didYouMean } from './suggest.ts';

/** Words that are settled and not built yet, of a schema that has some. */
export interface Later {
  readonly key: (path: Path) => boolean;
  readonly value: (path: Path, value: unknown) => boolean;
}

/** A schema all of whose words are built. */
export const nothingLater: Later = { key: () => false, value: () => false };

/** `a map` for zod's `object`. */
export const nounFor = (type: string): string => nouns[type] ?? type;

const nouns: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
};

/** For lengths and amounts outside their limits. */
export const tooFar = (origin: string, side: 'least' | 'most', limit: number | bigint): string =>
  origin === 'string' ? `must have at ${side} ${limit} characters` : `must be at ${side} ${limit}`;

const nounOf = (input: unknown): string => {
  if (Array.isArray(input)) return 'a list';
  return nouns[typeof input] ?? 'something else';
};

/** A value of the wrong type, or none. The value itself is not shown: it may be a secret in the wrong place. */
export const wrongType = (input: unknown, expected: string): string => {
  if (input === undefined) return `is missing; ${expected} is expected`;
  if (input === null) return `is empty; ${expected} is expected`;
  const hint = expected === 'text' && typeof input !== 'object' ? '; put it in quotes' : '';
  return `is ${nounOf(input)}; ${expected} is expected${hint}`;
};

/** A value that is none of our words. `forms`: what else it could be, beside these words. */
export const wrongWord = (
  path: Path,
  input: unknown,
  allowed: readonly unknown[],
  later: Later,
  forms: readonly string[] = [],
): string => {
  const words = allowed.map(String);
  const choice = [...words, ...forms];
  const expected = choice.length === 1 ? String(choice[0]) : `one of ${choice.join(', ')}`;
  if (typeof input !== 'string') return wrongType(input, expected);
  if (later.value(path, input)) return `${JSON.stringify(input)} is not supported yet; ${oneOf(words)}`;
  const suggestion = choice.length === 1 ? '' : didYouMean(input, words);
  return `${JSON.stringify(input)} is not ${expected}${suggestion}`;
};

const oneOf = (words: readonly string[]): string =>
  words.length === 1 ? `so far there is ${words[0]}` : `so far there are ${words.join(', ')}`;

/** A key that the schema does not have. */
export const unknownKey = (path: Path, name: string, allowed: readonly string[], later: Later): string => {
  if (later.key(path)) return 'is not supported yet';
  const suggestion = didYouMean(name, allowed);
  if (suggestion !== '') return `is no key here${suggestion}`;
  const keys = allowed.filter((one) => one !== '');
  return `is no key here; there are ${keys.length === 0 ? 'none' : keys.join(', ')}`;
};
