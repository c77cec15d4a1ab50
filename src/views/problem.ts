import type { Diagnostic } from '../engine/change.ts';
import type { LabError } from '../errors.ts';
import type { Document, Exit } from './document.ts';
import { manyLines, oneLine } from './text.ts';

/** What may be shown of an error: these fields and nothing else that hangs on the object. */
export interface ProblemDocument {
  readonly code: string;
  readonly message: string;
  readonly address?: string;
  readonly at?: string;
  readonly next?: string;
}

/** The one JSON document of a command that failed. `diagnostics` holds the parts of an error that has several. */
export interface ErrorDocument extends Document {
  readonly error: ProblemDocument;
  readonly diagnostics: readonly Diagnostic[];
}

/** What may be shown of a LabError. */
export const shownOf = ({ code, message, detail }: LabError): ProblemDocument => ({
  code,
  message,
  ...(detail.address === undefined ? {} : { address: detail.address }),
  ...(detail.at === undefined ? {} : { at: detail.at }),
  ...(detail.next === undefined ? {} : { next: detail.next }),
});

/** A LabError as a diagnostic. */
export const problemOf = (error: LabError): Diagnostic => ({ severity: 'error', ...shownOf(error) });

/** The JSON of a failed command. */
export const errorJson = (error: ProblemDocument, parts: readonly Diagnostic[], exit: Exit): ErrorDocument => ({
  formatVersion: 1,
  exit,
  error,
  diagnostics: parts,
});

// A complaint of the manifest's loader begins with the path that it is about.
const pathAndMessage = ({ code, at, message }: Diagnostic): { path?: string; message: string } => {
  const [, path, sentence] = /^([A-Za-z](?:[^\s"]|"(?:[^"\\]|\\.)*")*): (.+)$/su.exec(message) ?? [];
  if (code !== 'BAD_MANIFEST' || at === undefined || path === undefined || sentence === undefined) return { message };
  return { path, message: sentence };
};

/** An error or warning for people: where, what, what next. */
export const problemText = (problem: Diagnostic): string => {
  const { path, message } = pathAndMessage(problem);
  const where = [problem.at, path, problem.address].flatMap((text) => (text === undefined ? [] : [oneLine(text)]));
  const [first = '', ...rest] = manyLines(message);
  const next = problem.next === undefined ? [] : [`  Next: ${oneLine(problem.next)}`];
  const label = problem.severity === 'warning' ? 'Warning: ' : '';
  if (where.length === 0) {
    return [`${label === '' ? 'Error: ' : label}${first}`, ...rest.map((line) => `  ${line}`), ...next].join('\n');
  }
  return [where.join('  '), ...[`${label}${first}`, ...rest].map((line) => `  ${line}`), ...next].join('\n');
};

/** Several problems, one after the other. */
export const problemsText = (problems: readonly Diagnostic[]): string => problems.map(problemText).join('\n');
