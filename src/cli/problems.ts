import type { Diagnostic } from '../engine/change.ts';
import { LabError } from '../errors.ts';
import { problemOf } from '../views/problem.ts';
import { counted } from '../views/text.ts';

/** A failure for people and programs: what ended the command, and its parts where it has several. */
export interface Failure {
  readonly error: LabError;
  readonly parts: readonly Diagnostic[];
}

/** What to throw for the complaints about a manifest: one as itself, several as a whole with its parts. */
export const manifestErrors = (diagnostics: readonly Diagnostic[]): Error => {
  const errors = diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ message, address, at, next }) => new LabError('BAD_MANIFEST', message, detail({ address, at, next })));
  const [first, ...more] = errors;
  return first !== undefined && more.length === 0
    ? first
    : new AggregateError(errors, `the manifest has ${counted(errors.length, 'problem')}`);
};

const detail = (given: Record<'address' | 'at' | 'next', string | undefined>) => ({
  ...(given.address === undefined ? {} : { address: given.address }),
  ...(given.at === undefined ? {} : { at: given.at }),
  ...(given.next === undefined ? {} : { next: given.next }),
});

/** An expected failure taken apart; undefined for a bug. */
export const failureOf = (thrown: unknown): Failure | undefined => {
  if (thrown instanceof LabError) return { error: thrown, parts: [] };
  if (!(thrown instanceof AggregateError)) return undefined;
  const errors = thrown.errors.filter((error) => error instanceof LabError);
  if (errors.length === 0 || errors.length < thrown.errors.length) return undefined;
  return { error: new LabError(errors[0]?.code ?? 'BAD_MANIFEST', thrown.message), parts: errors.map(problemOf) };
};

// Of these classes the message is Node's or the language's own. Any other message (a parser's, an SDK's) may quote what it was given.
const isOwnMessage = (error: Error): boolean =>
  [TypeError, RangeError, ReferenceError].some((type) => error.constructor === type);

/** What may be told of a bug: its class, where it happened, and its message only where that cannot quote a value. */
export const bugReport = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return 'Something that is not an error was thrown.';
  const frames = (thrown.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [isOwnMessage(thrown) ? `${thrown.name}: ${thrown.message}` : thrown.name, ...frames].join('\n');
};
