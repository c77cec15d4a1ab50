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

/** Words as a choice: `text, a number or a list`. */
const anyOf = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

/** For lengths and amounts outside their limits. */
export const tooFar = (origin: string, side: 'least' | 'most', limit: number | bigint): string => {
  const counted = counts[origin];
  if (counted === undefined) return `must be at ${side} ${limit}`;
  if (side === 'least' && Number(limit) === 1) return `is empty; ${counted.one} is expected`;
  return `must have at ${side} ${limit} ${counted.many}`;
};

const entries = { one: 'at least one entry', many: 'entries' };
const counts: Readonly<Record<string, { readonly one: string; readonly many: string }>> = {
  string: { one: 'text', many: 'characters' },
  array: entries,
  map: entries,
  record: entries,
};

/** A value of the wrong type where the schema says in its own words what it wants: `is no AWS region; write us-east-1`. */
export const wrongTypeFor = (input: unknown, wanted: string): string => {
  const [, noun, advice = ''] = /^is no ([^;]+)(;.*)?$/.exec(wanted) ?? [];
  if (noun !== undefined) return `${wrongType(input, `${articleOf(noun)} ${noun}`)}${advice}`;
  if (input === undefined) return `is missing; it ${wanted}`;
  return input === null ? `is empty; it ${wanted}` : wanted;
};

const articleOf = (noun: string): string => (/^(http |[aeio])/i.test(noun) ? 'an' : 'a');

/** What may stand instead, of one or several types: `is a map; text or a list is expected`. */
export const wrongForm = (input: unknown, forms: readonly string[]): string => wrongType(input, anyOf(forms));

const nounOf = (input: unknown): string => {
  if (Array.isArray(input)) return 'a list';
  return nouns[typeof input] ?? 'something else';
};

/** A value of the wrong type, or none. The value itself is not shown: it may be a secret in the wrong place. */
export const wrongType = (input: unknown, expected: string): string => {
  if (input === undefined) return `is missing; ${expected} is expected`;
  if (input === null) return `is empty; ${expected} is expected`;
  if (expected === nouns['int'] && typeof input === 'number') return 'must be a whole number';
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
  const expected = forms.length === 0 ? oneWordOf(choice, allowed) : anyOf(choice);
  if (typeof input !== 'string') return wrongType(input, expected);
  if (later.value(path, input)) return `${JSON.stringify(input)} is not supported yet; ${oneOf(words)}`;
  const suggestion = choice.length === 1 ? '' : didYouMean(input, words);
  return `${JSON.stringify(input)} is not ${expected}${suggestion}`;
};

const oneWordOf = (words: readonly string[], allowed: readonly unknown[]): string => {
  if (words.length > 1) return `one of ${words.join(', ')}`;
  return typeof allowed[0] === 'string' ? `the word ${allowed[0]}` : words.join('');
};

const oneOf = (words: readonly string[]): string =>
  words.length === 1 ? `so far there is ${words[0]}` : `so far there are ${words.join(', ')}`;

/** A key that the schema does not have. */
export const unknownKey = (path: Path, name: string, allowed: readonly string[], later: Later): string => {
  if (later.key(path)) return 'is not supported yet';
  const suggestion = didYouMean(name, allowed);
  if (suggestion !== '') return `is no key here${suggestion}`;
  const keys = allowed.filter((one) => one !== '');
  return `is no key here; there ${keys.length === 1 ? 'is only' : 'are'} ${keys.length === 0 ? 'none' : keys.join(', ')}`;
};
