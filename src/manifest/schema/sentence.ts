import type { z } from 'zod';
import type { Path } from '../../engine/traits.ts';
import { didYouMean } from '../suggest.ts';
import { isLaterKey, isLaterValue } from './later.ts';

/** One thing wrong, in our words. `key`: it is about the key and not about its value. */
export interface Finding {
  readonly path: Path;
  readonly text: string;
  readonly key: boolean;
}

type Issue = z.core.$ZodIssue;

/**
 * For safeParse: leaves a message empty unless the schema gives its own. zod does not say which keys it would have taken;
 * for unknown ones the message lists them, one a line.
 */
export const ownMessages: z.core.$ZodErrorMap = (issue) => {
  if (issue.code !== 'unrecognized_keys' || issue.inst === undefined) return '';
  const { def } = issue.inst._zod;
  return 'shape' in def && typeof def.shape === 'object' ? Object.keys(def.shape ?? {}).join('\n') : '';
};

/** What an issue of a schema says about the manifest. Needs `reportInput`; values are only quoted where a word of ours was expected. */
export const findings = (issue: Issue, base: Path = []): Finding[] => {
  const path: Path = [...base, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  const value = (text: string): Finding[] => [{ path, text, key: false }];
  if (issue.message !== '' && issue.code !== 'unrecognized_keys') return value(issue.message);
  switch (issue.code) {
    case 'invalid_type':
      return value(wrongType(issue.input, nouns[issue.expected] ?? issue.expected));
    case 'invalid_value':
      return value(wrongWord(path, issue.input, issue.values));
    case 'unrecognized_keys':
      return issue.keys.map((name) => ({
        path: [...path, name],
        text: unknownKey([...path, name], name, issue.message.split('\n')),
        key: true,
      }));
    case 'invalid_union':
      return wrongUnion(issue, path);
    case 'invalid_key':
      return [{ path, text: `the key ${issue.issues[0]?.message ?? 'is not allowed'}`, key: true }];
    case 'too_small':
      return value(issue.origin === 'array' ? 'is empty' : tooFar(issue.origin, 'least', issue.minimum));
    case 'too_big':
      return value(tooFar(issue.origin, 'most', issue.maximum));
    case 'invalid_format':
      return value(`is no ${issue.format === 'regex' ? `text that matches ${issue.pattern}` : issue.format}`);
    case 'custom':
    case 'not_multiple_of':
    case 'invalid_element':
      return value('is not allowed here');
  }
};

const nouns: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
};

const tooFar = (origin: string, side: 'least' | 'most', limit: number | bigint): string =>
  origin === 'string' ? `must have at ${side} ${limit} characters` : `must be at ${side} ${limit}`;

const nounOf = (input: unknown): string => {
  if (Array.isArray(input)) return 'a list';
  return nouns[typeof input] ?? 'something else';
};

const wrongType = (input: unknown, expected: string): string => {
  if (input === undefined) return `is missing; ${expected} is expected`;
  if (input === null) return `is empty; ${expected} is expected`;
  const hint = expected === 'text' && typeof input !== 'object' ? '; put it in quotes' : '';
  return `is ${nounOf(input)}; ${expected} is expected${hint}`;
};

/** `forms`: what else the value could be, beside these words. */
const wrongWord = (path: Path, input: unknown, allowed: readonly unknown[], forms: readonly string[] = []): string => {
  const words = allowed.map(String);
  const choice = [...words, ...forms];
  const expected = choice.length === 1 ? String(choice[0]) : `one of ${choice.join(', ')}`;
  if (typeof input !== 'string') return wrongType(input, expected);
  if (isLaterValue(path, input)) return `${JSON.stringify(input)} is not supported yet; ${oneOf(words)}`;
  const suggestion = choice.length === 1 ? '' : didYouMean(input, words);
  return `${JSON.stringify(input)} is not ${expected}${suggestion}`;
};

const oneOf = (words: readonly string[]): string =>
  words.length === 1 ? `so far there is ${words[0]}` : `so far there are ${words.join(', ')}`;

const unknownKey = (path: Path, name: string, allowed: readonly string[]): string => {
  if (isLaterKey(path)) return 'is not supported yet';
  const suggestion = didYouMean(name, allowed);
  return suggestion === '' ? `is no key here; there are ${allowed.join(', ')}` : `is no key here${suggestion}`;
};

const wrongUnion = (issue: z.core.$ZodIssueInvalidUnion, path: Path): Finding[] => {
  const { discriminator, input } = issue;
  if (discriminator !== undefined) {
    const given: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, discriminator) : undefined;
    const options = 'options' in issue ? (issue.options ?? []) : [];
    return [{ path, text: wrongWord(path, given, options), key: false }];
  }
  const branches = issue.errors.toSorted((a, b) => distance(a) - distance(b));
  const [nearest = [], ...others] = branches;
  const [word] = nearest;
  if (word?.code === 'invalid_value' && word.path.length === 0 && typeof input === 'string') {
    return [{ path, text: wrongWord(path, input, word.values, others.flatMap(formsOf)), key: false }];
  }
  if (distance(nearest) < unlike) return nearest.flatMap((inner) => findings(inner, path));
  return [{ path, text: wrongType(input, [...new Set(branches.flatMap(formsOf))].join(' or ')), key: false }];
};

// A branch of another type than the value is no use; of the others, the one with the fewest strange keys is meant.
const unlike = 1000;
const distance = (issues: readonly Issue[]): number =>
  issues.reduce((sum, issue) => {
    if (issue.code === 'invalid_union' && issue.discriminator !== undefined && !has(issue.input, issue.discriminator)) {
      return sum + 20;
    }
    if (issue.path.length > 0) return sum + 1;
    if (issue.code === 'invalid_type') return sum + unlike;
    if (issue.code === 'invalid_value') return sum + (typeof issue.input === 'string' ? 5 : unlike);
    return sum + (issue.code === 'unrecognized_keys' ? 10 * issue.keys.length : 1);
  }, 0);

const has = (input: unknown, key: string): boolean => typeof input === 'object' && input !== null && key in input;

/** What a branch would have taken instead. */
const formsOf = (issues: readonly Issue[]): string[] =>
  issues.flatMap((issue) => {
    if (issue.path.length > 0) return [];
    if (issue.code === 'invalid_type') return [nouns[issue.expected] ?? issue.expected];
    return issue.code === 'invalid_value' ? issue.values.map(String) : [];
  });
