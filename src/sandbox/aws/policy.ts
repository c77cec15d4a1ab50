import { z } from 'zod';
import { AwsRefusal } from './refusal.ts';

// How IAM reads policies, as far as the sandbox's callers write them.

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const statement = z.looseObject({
  Effect: z.enum(['Allow', 'Deny']),
  Action: texts,
  Resource: texts.optional(),
  Principal: z.union([z.literal('*'), z.record(z.string(), texts)]).optional(),
  Condition: z.record(z.string(), z.record(z.string(), texts)).optional(),
});
const document = z.looseObject({
  Version: z.enum(['2008-10-17', '2012-10-17']).optional(),
  Statement: z.union([statement, z.array(statement)]).transform((value) => [value].flat()),
});

/** One statement of a policy. */
export type Statement = z.output<typeof statement>;

/** The statements of a policy's text. Throws IAM's refusal of what is none; `needs`: what each statement must say. */
export const statementsOf = (text: string, needs: 'Principal' | 'Resource'): readonly Statement[] => {
  const parsed = document.safeParse(parse(text));
  if (!parsed.success) throw malformed('Syntax errors in policy.');
  const { Statement: found, Version } = parsed.data;
  if (needs === 'Resource' && Version !== '2012-10-17') {
    throw malformed('Policy document must be version 2012-10-17 or greater.');
  }
  if (needs === 'Principal' && found.some(({ Resource }) => Resource !== undefined)) {
    throw malformed('Has prohibited field Resource');
  }
  if (needs === 'Resource' && found.some(({ Principal }) => Principal !== undefined)) {
    throw malformed('Policy document should not specify a principal.');
  }
  if (found.some((one) => one[needs] === undefined)) {
    throw malformed(
      needs === 'Resource' ? 'Policy statement must contain resources.' : 'Missing required field Principal',
    );
  }
  return found;
};

const malformed = (message: string): AwsRefusal => new AwsRefusal('MalformedPolicyDocument', message);

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('This policy contains invalid Json');
  }
};

/** What a request is about. */
export interface Asked {
  readonly action: string;
  readonly resource: string;
}

/** Whether these statements allow it: one must, and none may deny it. Without a word on conditions, which the sandbox sets none of. */
export const allows = (statements: readonly Statement[], { action, resource }: Asked): boolean => {
  const about = statements.filter(
    ({ Action, Resource = [] }) =>
      Action.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
      Resource.some((pattern) => matches(pattern, resource)),
  );
  const holds = about.filter(({ Condition }) => Condition === undefined);
  return holds.some(({ Effect }) => Effect === 'Allow') && !about.some(({ Effect }) => Effect === 'Deny');
};

/** Whether a statement's conditions hold for these values. An operator that the sandbox does not know never holds. */
export const conditionsHold = (
  { Condition = {} }: Statement,
  values: Readonly<Record<string, readonly string[]>>,
): boolean =>
  Object.entries(Condition).every(([operator, tests]) =>
    Object.entries(tests).every(([key, wanted]) => {
      const given = values[key] ?? [];
      switch (operator) {
        case 'StringEquals':
          return given.some((value) => wanted.includes(value));
        case 'StringLike':
          return given.some((value) => wanted.some((pattern) => matches(pattern, value)));
        default:
          return false;
      }
    }),
  );

/** `*` stands for any text, `?` for any one character. */
const matches = (pattern: string, text: string): boolean => {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
};
