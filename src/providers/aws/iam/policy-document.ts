import { z } from 'zod';
import { type Fields, isFields, isList, type Value } from '../../../engine/value.ts';

// The grammar of IAM's policies lets one policy be written in many ways. Source: "Grammar of the IAM JSON policy
// language" in the IAM user guide.

/** A policy in its one canonical form: equal policies are equal values, whatever their order, lists and white space. */
export const canonicalPolicy = ({ Version = '2008-10-17', Statement = [], ...rest }: Fields): Fields =>
  sortedKeys({
    ...rest,
    Version,
    Statement: listOf(Statement)
      .map((statement) => (isFields(statement) ? canonicalStatement(statement) : statement))
      .toSorted(byText),
  });

/** A field that takes a policy as a map, canonical after parsing. */
export const policyField = () => z.record(z.string(), z.json()).transform(canonicalPolicy);

/** The policy in a text of IAM; undefined if it is none. IAM answers policies percent-encoded. */
export const parsePolicy = (encoded: string): Fields | undefined => {
  try {
    // The parse boundary: JSON of any shape is a value.
    const parsed: Value = JSON.parse(decodeURIComponent(encoded));
    return isFields(parsed) ? canonicalPolicy(parsed) : undefined;
  } catch {
    return undefined;
  }
};

const lists = new Set(['Action', 'NotAction', 'Resource', 'NotResource']);

const canonicalStatement = (statement: Fields): Fields =>
  sortedKeys(
    Object.fromEntries(
      Object.entries(statement).map(([key, value]): [string, Value] => {
        if (lists.has(key)) return [key, textSet(value)];
        if (key === 'Principal' || key === 'NotPrincipal') return [key, principals(value)];
        return [key, key === 'Condition' ? conditions(value) : value];
      }),
    ),
  );

const principals = (value: Value): Value => {
  const named = isFields(value) ? value : { AWS: value };
  return sortedKeys(
    Object.fromEntries(Object.entries(named).map(([type, who]) => [type, unique(textsIn(who).map(accountOf))])),
  );
};

// IAM takes an account's number and answers the ARN of its root.
const accountOf = (principal: string): string => principal.replace(/^arn:[^:]+:iam::(\d{12}):root$/, '$1');

const conditions = (value: Value): Value => {
  if (!isFields(value)) return value;
  const tests = Object.entries(value).map(([operator, keys]): [string, Value] => [
    operator,
    isFields(keys)
      ? sortedKeys(Object.fromEntries(Object.entries(keys).map(([key, texts]) => [key, textSet(texts)])))
      : keys,
  ]);
  return sortedKeys(Object.fromEntries(tests));
};

const listOf = (value: Value): readonly Value[] => (isList(value) ? value : [value]);
const textsIn = (value: Value): string[] => listOf(value).map(String);
const unique = (texts: readonly string[]): string[] => [...new Set(texts)].toSorted();
const textSet = (value: Value): string[] => unique(textsIn(value));

const sortedKeys = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)));

const byText = (a: Value, b: Value): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
