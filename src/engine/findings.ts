import { z } from 'zod';
import { formatPath, type Path } from './path.ts';
import {
  type Later,
  nothingLater,
  nounFor,
  tooFar,
  unknownKey,
  wrongForm,
  wrongType,
  wrongTypeFor,
  wrongWord,
} from './wording.ts';

/** One thing wrong, in our words: with a key, with its value, or with a rule over all that a value holds. */
export interface Finding {
  readonly about: 'key' | 'value' | 'rule';
  readonly path: Path;
  readonly text: string;
}

/** All that is wrong as one sentence, for whoever has no line to show it at: `issuer is missing; text is expected`. */
export const sentenceOf = (found: readonly Finding[]): string =>
  found.map(({ path, text }) => (path.length === 0 ? text : `${formatPath(path)} ${text}`)).join('. ');

type Issue = z.core.$ZodIssue;

/**
 * For safeParse: leaves a message empty unless the schema gives its own. zod does not say which keys it would have taken;
 * for unknown ones the message lists them, one a line.
 */
export const ownMessages: z.core.$ZodErrorMap = (issue) => {
  const { code, inst } = issue;
  return code === 'unrecognized_keys' && inst instanceof z.ZodObject ? Object.keys(inst.shape).join('\n') : '';
};

/** What an issue of a schema says about the manifest. Needs `reportInput`; values are only quoted where a word of ours was expected. */
export const findings = (issue: Issue, base: Path = [], later: Later = nothingLater): Finding[] => {
  const path: Path = [...base, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  const value = (text: string): Finding[] => [{ about: 'value', path, text }];
  if (issue.code === 'custom') return [{ about: 'rule', path, text: issue.message }];
  if (issue.message !== '' && issue.code !== 'unrecognized_keys') {
    return value(issue.code === 'invalid_type' ? wrongTypeFor(issue.input, issue.message) : issue.message);
  }
  switch (issue.code) {
    case 'invalid_type':
      return value(wrongType(issue.input, nounFor(issue.expected)));
    case 'invalid_value':
      return value(wrongWord(path, issue.input, issue.values, later));
    case 'unrecognized_keys':
      return issue.keys.map((name) => ({
        about: 'key',
        path: [...path, name],
        text: unknownKey([...path, name], name, issue.message.split('\n'), later),
      }));
    case 'invalid_union':
      return wrongUnion(issue, path, later);
    case 'invalid_key':
      return [{ about: 'key', path, text: wrongKey(issue.issues[0]) }];
    case 'too_small':
      return value(tooFar(issue.origin, 'least', issue.minimum));
    case 'too_big':
      return value(tooFar(issue.origin, 'most', issue.maximum));
    case 'invalid_format':
      return value(formats[issue.format] ?? 'is written in another form than is expected here');
    case 'not_multiple_of':
    case 'invalid_element':
      return value('is not allowed here');
  }
};

// A pattern says nothing to people: a schema that has one says itself what it wants.
const formats: Readonly<Record<string, string>> = { url: 'is no URL; write https://HOST/PATH' };

const wrongKey = (issue: Issue | undefined): string => {
  if (issue?.code === 'too_small') return 'the key is empty; a name is expected';
  return `the key ${issue === undefined || issue.message === '' ? 'is not allowed here' : issue.message}`;
};

const wrongUnion = (issue: z.core.$ZodIssueInvalidUnion, path: Path, later: Later): Finding[] => {
  const { discriminator, input } = issue;
  if (discriminator !== undefined) {
    const given: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, discriminator) : undefined;
    const options = 'options' in issue ? (issue.options ?? []) : [];
    return [{ about: 'value', path, text: wrongWord(path, given, options, later) }];
  }
  const branches = issue.errors.toSorted((a, b) => distance(a) - distance(b));
  const [nearest = [], ...others] = branches;
  const [word] = nearest;
  if (word?.code === 'invalid_value' && word.path.length === 0 && typeof input === 'string') {
    return [{ about: 'value', path, text: wrongWord(path, input, word.values, later, others.flatMap(formsOf)) }];
  }
  if (distance(nearest) < unlike) return nearest.flatMap((inner) => findings(inner, path, later));
  return [{ about: 'value', path, text: wrongForm(input, [...new Set(branches.flatMap(formsOf))]) }];
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
    if (issue.code === 'invalid_type') return [nounFor(issue.expected)];
    return issue.code === 'invalid_value' ? issue.values.map(String) : [];
  });
