import type { Owner } from '../engine/change.ts';
import type { ApplyResult } from '../engine/outcome.ts';
import type { Document, Exit } from './document.ts';
import { problemText } from './problem.ts';
import { counted, grouped, milliseconds, oneLine } from './text.ts';

/** `lab apply --json` and `lab destroy --json` */
export interface ApplyDocument extends Document, Omit<ApplyResult, 'formatVersion'> {
  readonly owner: Owner;
}

/** The result as a JSON document. */
export const applyJson = ({ formatVersion, ...result }: ApplyResult, owner: Owner, exit: Exit): ApplyDocument => ({
  formatVersion,
  exit,
  owner,
  ...result,
});

/** How apply ended, for people: what was done, each root cause once, what is left, what to do next. */
export const applyText = (result: ApplyResult, verb: 'Applied' | 'Destroyed', next?: string): string =>
  [
    ...result.diagnostics.map(problemText),
    answer(result, verb),
    ...(result.skipped.length === 0 ? [] : [`${result.skipped.length} skipped, because they need what failed.`]),
    ...causes('deferred', result.deferred),
    ...causes('not approved', result.refused),
    ...(next === undefined ? [] : [next]),
  ].join('\n');

const answer = (result: ApplyResult, verb: string): string => {
  const touched = result.done.length + result.failed.length + result.skipped.length;
  const total = touched + result.deferred.length + result.refused.length;
  const time = `${milliseconds(result.ms)} (${milliseconds(result.waitedMs)} waiting for servers)`;
  const same = result.unchanged.length === 0 ? '' : ` ${result.unchanged.length} in sync already.`;
  const failed = result.failed.length === 0 ? '' : ` ${result.failed.length} failed.`;
  // What a stop kept from starting is not among the results, so there is no total to name.
  if (result.cancelled) return `Stopped after ${time}: ${verb.toLowerCase()} ${result.done.length}.${failed}${same}`;
  if (total === 0) return `Nothing to do: ${counted(result.unchanged.length, 'resource')} in sync.`;
  return `${verb} ${result.done.length} of ${total} in ${time}.${failed}${same}`;
};

const causes = (what: string, entries: readonly { readonly address: string; readonly because: string }[]): string[] =>
  grouped(entries, ({ because }) => oneLine(because)).map(([because, members]) =>
    members.length === 1 ? `${members[0]?.address ?? ''} ${what}: ${because}` : `${members.length} ${what}: ${because}`,
  );
