import type { Change, Plan } from '../engine/change.ts';
import { isDrifted, isPending } from '../engine/summary.ts';
import { actionWords } from './action.ts';
import { counted, grouped } from './text.ts';

/** Whether apply would do something about it, be it only to forget its record. */
export const isActedOn = (change: Change): boolean =>
  change.standing.is === 'planned' && change.actions.some((action) => action !== 'none');

/** Whether everything could be looked at and nothing differs: the one meaning of "No changes". */
export const isQuiet = (plan: Plan): boolean =>
  plan.complete &&
  !plan.errored &&
  plan.systems.every((system) => system.lost === undefined) &&
  !plan.changes.some((change) => isPending(change) || isDrifted(change));

const counters = ['create', 'update', 'replace', 'delete', 'move', 'adopt'] as const;

/** The answer in one sentence: `31 to create, 1 to change, 9 deferred until vault.active opens`. */
export const summaryText = (plan: Plan): string => {
  const { summary, changes } = plan;
  if (isQuiet(plan)) return quietText(changes);
  const parts = [
    ...counters.map((action) => part(summary[action], actionWords[action].toDo)),
    toForget(forgotten(changes)),
    deferredText(plan),
    part(summary.blocked, 'blocked'),
    part(summary.blind, 'not checked'),
    part(
      changes.filter((change) => isDrifted(change) && !isActedOn(change)).length,
      'changed by somebody else and kept',
    ),
  ].filter((text) => text !== '');
  return parts.length === 0
    ? `Nothing to do, and not all is well: ${counted(plan.diagnostics.length, 'problem')}`
    : parts.join(', ');
};

const quietText = (changes: readonly Change[]): string => {
  const records = forgotten(changes);
  const sync = `${counted(changes.length - records, 'resource')} in sync`;
  return records === 0 ? `No changes: ${sync}` : `No changes but to lab's own records: ${sync}, ${toForget(records)}`;
};

/** How many are records of nothing that is there, and leave the state. */
const forgotten = (changes: readonly Change[]): number =>
  changes.filter(({ actions }) => actions.includes('forget')).length;

const toForget = (count: number): string => part(count, actionWords.forget.toDo);

const part = (count: number, words: string): string => (count === 0 ? '' : `${count} ${words}`);

const deferredText = ({ changes }: Plan): string => {
  const gates = grouped(deferredChanges(changes), ({ gate }) => gate);
  const [first] = gates;
  if (first === undefined) return '';
  if (gates.length === 1) return `${first[1].length} deferred until ${first[0]} opens`;
  const total = gates.reduce((sum, [, members]) => sum + members.length, 0);
  return `${total} deferred until ${gates.length} gates open`;
};

/** What stands behind a gate, with the gate and why it is shut. */
export const deferredChanges = (
  changes: readonly Change[],
): { readonly change: Change; readonly gate: string; readonly because: string }[] =>
  changes.flatMap((change) =>
    change.standing.is === 'deferred' ? [{ change, gate: change.standing.gate, because: change.standing.because }] : [],
  );
