import type { Change, Plan } from '../engine/change.ts';
import { isDrifted } from '../engine/summary.ts';
import { actionWords, mainAction, standingSymbols } from './action.ts';
import { fieldText, newFieldText } from './field.ts';
import { deferredChanges, isActedOn, isQuiet, summaryText } from './plan-summary.ts';
import { counted, grouped, oneLine, table } from './text.ts';

/** What a plan's text is for. */
export interface PlanTextOptions {
  /** differences: fields of what changes. everything: also those of what is created, as an approval must show them. */
  readonly detail: 'differences' | 'everything';
  /** The line at the end: what to type next. */
  readonly next?: string;
}

const phases = ['bootstrap', 'production'] as const satisfies readonly Change['phase'][];

/** The plan for people: the answer first and last, one line a resource between. */
export const planText = (plan: Plan, options: PlanTextOptions): string => {
  const lines = plan.changes.flatMap((change) => {
    const line = changeLine(change);
    return line === undefined ? [] : [{ change, line }];
  });
  const padded = table(lines.map(({ line }) => line));
  const blocks = lines.map(({ change }, index) => ({
    phase: change.phase,
    text: [`  ${padded[index]}`, ...fieldLines(change, options.detail)],
  }));
  const answer = summaryText(plan);
  return [
    head(plan),
    ...plan.systems.flatMap(({ provider, lost }) =>
      lost === undefined ? [] : [`! ${provider}  LOST: ${oneLine(lost)}`],
    ),
    answer,
    ...phases.flatMap((phase) => {
      const members = blocks.filter((block) => block.phase === phase);
      return members.length === 0 ? [] : ['', phase, ...members.flatMap(({ text }) => text)];
    }),
    ...gateLines(plan),
    ...(blocks.length === 0 ? [] : ['', `${answer}.`]),
    ...(options.next === undefined ? [] : [options.next]),
  ].join('\n');
};

const head = (plan: Plan): string => {
  const { name, environment } = plan.owner;
  return [
    `${plan.mode === 'destroy' ? 'Destroy ' : ''}${name}`,
    `env ${environment}`,
    ...plan.systems.map(({ description }) => oneLine(description)),
    plan.serial === undefined ? 'no state' : `state serial ${plan.serial}`,
  ].join(' · ');
};

// A line's cells: symbol and address, then the reason. Nothing for what is in sync.
const changeLine = (change: Change): [string, string] | undefined => {
  const notes = change.notes.map(oneLine);
  const { standing } = change;
  switch (standing.is) {
    case 'planned': {
      if (!isActedOn(change) && !isDrifted(change)) return undefined;
      const { symbol } = actionWords[mainAction(change.actions)];
      return [`${symbol} ${change.address}`, [...reasons(change), ...notes].join(', ')];
    }
    case 'deferred':
      return [
        `${standingSymbols.deferred} ${change.address}`,
        [`deferred until ${standing.gate}`, ...notes].join(', '),
      ];
    case 'blocked':
      return [`${standingSymbols.blocked} ${change.address}`, [oneLine(standing.because), ...notes].join(', ')];
    case 'blind':
      return [
        `${standingSymbols.blind} ${change.address}`,
        [`not checked: ${oneLine(standing.because)}`, ...notes].join(', '),
      ];
  }
};

const reasons = (change: Change): string[] => {
  const main = mainAction(change.actions);
  return [
    ...(change.actions.includes('move') && change.previousAddress !== undefined
      ? [`moved from ${change.previousAddress}`]
      : []),
    ...(change.missing === true ? ['is gone, though lab made it'] : []),
    ...(main === 'adopt' ? ['taken over whole'] : []),
    ...(main === 'replace' ? ['deleted and made again'] : []),
    ...(main === 'recover' ? ['soft-deleted, taken back'] : []),
    ...(main === 'release' ? ['gives back the fields that lab set'] : []),
    ...(main === 'forget' ? ['only forgotten'] : []),
    ...(change.ownership === 'contributed' && main === 'update'
      ? [`contributes ${counted(change.fields.length, 'field')}`]
      : []),
    ...(change.protect === undefined ? [] : [`LOSES DATA: ${oneLine(change.protect)}`]),
  ];
};

const fieldLines = (change: Change, detail: PlanTextOptions['detail']): string[] => {
  if (change.standing.is !== 'planned') return [];
  const isNew = mainAction(change.actions) === 'create';
  if (isNew && detail === 'differences') return [];
  return table(change.fields.map(isNew ? newFieldText : fieldText), 48).map((line) => `      ${line}`);
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
