import type { Document } from './document.ts';
import { noScreen, type Screen } from './screen.ts';
import { oneLine, table } from './text.ts';

/** One line of the checklist of a drill. */
export interface DrillLine {
  readonly step: string;
  readonly is: 'done' | 'failed' | 'not tried';
  readonly detail: string;
  readonly next?: string;
}

/** `lab vault drill --json` */
export interface DrillDocument extends Document {
  readonly steps: readonly DrillLine[];
}

const signs = { done: '✔', failed: '✘', 'not tried': '-' } as const;

/** The same for people. */
export const drillText = (steps: readonly DrillLine[], { style }: Screen = noScreen): string => {
  const paint = { done: style.good, failed: style.bad, 'not tried': style.change } as const;
  const failed = steps.find(({ is }) => is === 'failed');
  return [
    ...table(steps.map(({ step, is, detail }) => [`  ${paint[is](signs[is])} ${step}`, oneLine(detail)])),
    '',
    failed === undefined
      ? style.good('This snapshot and this escrow bring Vault back.')
      : style.bad('This snapshot and this escrow do not bring Vault back.'),
    ...(failed?.next === undefined ? [] : [oneLine(failed.next)]),
  ].join('\n');
};
