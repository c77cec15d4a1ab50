import type { Change, Plan } from '../engine/change.ts';
import { mainAction, standingSymbols } from './action.ts';
import { changeLines } from './change-line.ts';
import { changedField, newField } from './field.ts';
import { fieldLines } from './field-lines.ts';
import { deferredChanges, isQuiet, summaryText } from './plan-summary.ts';
import { noScreen, type Screen } from './screen.ts';
import { grouped, oneLine, table } from './text.ts';

/** What a plan's text is for. */
export interface PlanTextOptions {
  /** differences: fields of what changes. everything: also those of what is created, as an approval must show them. */
  readonly detail: 'differences' | 'everything';
  /** The line at the end: what to type next. */
  readonly next?: string;
  readonly screen?: Screen;
}

const phases = ['bootstrap', 'production'] as const satisfies readonly Change['phase'][];

/** The plan for people: the answer first and last, one line a resource between. */
export const planText = async (plan: Plan, options: PlanTextOptions): Promise<string> => {
  const screen = options.screen ?? noScreen;
  const { style } = screen;
  // Nothing of what is approved may be cut.
  const below = options.detail === 'everything' ? { style, width: undefined } : screen;
  const lines = changeLines(plan, style);
  const padded = table(lines.map(({ cells }) => cells));
  const blocks = await Promise.all(
    lines.map(async ({ phase, change }, index) => ({
      phase,
      text: [`  ${padded[index]}`, ...(change === undefined ? [] : await fieldsOf(change, options.detail, below))],
    })),
  );
  const answer = summaryText(plan);
  return [
    style.quiet(head(plan)),
    ...plan.systems.flatMap(({ provider, lost }) =>
      lost === undefined ? [] : [style.bad(`! ${provider}  LOST: ${oneLine(lost)}`)],
    ),
    style.strong(answer),
    ...phases.flatMap((phase) => {
      const members = blocks.filter((block) => block.phase === phase);
      return members.length === 0 ? [] : ['', style.strong(phase), ...members.flatMap(({ text }) => text)];
    }),
    ...gateLines(plan),
    ...(blocks.length === 0 ? [] : ['', style.strong(`${answer}.`)]),
    ...(options.next === undefined ? [] : [options.next]),
  ].join('\n');
};

const fieldsOf = async (change: Change, detail: PlanTextOptions['detail'], screen: Screen): Promise<string[]> => {
  if (change.standing.is !== 'planned') return [];
  const isNew = mainAction(change.actions) === 'create';
  if (isNew && detail === 'differences') return [];
  return fieldLines(change.fields, isNew ? newField : changedField, screen);
};

const head = (plan: Plan): string => {
  const { name, environment } = plan.owner;
  return [
    `${plan.mode === 'destroy' ? 'Destroy ' : ''}${name}`,
    `env ${environment}`,
    ...(plan.world === undefined ? [] : [plan.world]),
    ...plan.systems.map(({ description }) => oneLine(description)),
    plan.serial === undefined ? 'no state' : `state serial ${plan.serial}`,
  ].join(' · ');
};

// Why gates are shut, once a gate, and what an approval means for what is behind them.
const gateLines = (plan: Plan): string[] => {
  const deferred = deferredChanges(plan.changes);
  if (deferred.length === 0 || isQuiet(plan)) return [];
  const why = grouped(deferred, ({ gate, because }) => `${gate}: ${oneLine(because)}`).map(([text]) => text);
  const gates = [...new Set(deferred.map(({ gate }) => gate))];
  const opening = gates.length === 1 ? `${gates[0]} opens` : 'their gates open';
  const these = deferred.length === 1 ? 'the resource' : `the ${deferred.length} resources`;
  return [
    '',
    ...why,
    `Approving this also approves, once ${opening}: create or use ${these} marked ${standingSymbols.deferred}. Anything else among them stops for approval.`,
  ];
};
