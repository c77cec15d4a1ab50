import type { Change } from '../engine/change.ts';
import type { DriftReport } from '../engine/outcome.ts';
import { actionWords, mainAction, standingSymbols } from './action.ts';
import type { Document, Exit } from './document.ts';
import { changedField, driftedField } from './field.ts';
import { fieldLines } from './field-lines.ts';
import { type ChangeDocument, changeJson } from './plan-json.ts';
import { noScreen, type Screen } from './screen.ts';
import { counted, grouped, oneLine } from './text.ts';

/** `lab drift --json` */
export interface DriftDocument extends Document, Omit<DriftReport, 'formatVersion' | 'drifted' | 'pending'> {
  readonly drifted: readonly ChangeDocument[];
  readonly pending: readonly ChangeDocument[];
}

/** The drift report as a JSON document. */
export const driftJson = (
  { formatVersion, owner, lost, drifted, pending, ...rest }: DriftReport,
  exit: Exit,
): DriftDocument => ({
  formatVersion,
  exit,
  owner,
  lost,
  drifted: drifted.map(changeJson),
  pending: pending.map(changeJson),
  ...rest,
});

/** The drift report for people: lost systems first, then what others changed, then what is merely not applied. */
export const driftText = async (report: DriftReport, next?: string, screen: Screen = noScreen): Promise<string> => {
  const answer = answerText(report);
  const { style } = screen;
  const body = [
    ...report.lost.map(({ provider, because }) =>
      style.bad(`${provider}  LOST (was in service at the last apply): ${oneLine(because)}`),
    ),
    ...(await section('drifted: changed by somebody else', report.drifted, (change) => driftedLines(change, screen))),
    ...(await section('pending: in the manifest, not applied yet', report.pending, (change) =>
      pendingLines(change, screen),
    )),
    ...lists('extra: ours by its mark, and neither in the manifest nor in the state', report.extra),
    ...lists(
      'format only: written by somebody else in another form, of the same meaning',
      report.formatOnly.map(({ address, fields }) => `${address}  ${fields.join(', ')}`),
    ),
    ...lists(
      'cannot be verified: no server shows these fields; they are held against what lab wrote last',
      report.unverifiable.map(({ address, fields }) => `${address}  ${fields.join(', ')}`),
    ),
    ...lists('unmanaged: of others, in the same places', report.unmanaged),
    ...reasons('blocked', standingSymbols.blocked, report.blocked),
    ...reasons('not checked (blind)', standingSymbols.blind, report.blind),
    ...reasons('deferred', standingSymbols.deferred, report.deferred),
  ];
  const { name, environment } = report.owner;
  return [
    style.quiet(`${name} · env ${environment}`),
    style.strong(`${answer}.`),
    ...body,
    ...(body.length === 0 ? [] : ['', style.strong(`${answer}.`)]),
    ...(next === undefined ? [] : [next]),
  ].join('\n');
};

const answerText = (report: DriftReport): string => {
  const errors = report.diagnostics.filter(({ severity }) => severity === 'error').length;
  const parts = [
    errors === 0 ? '' : counted(errors, 'error'),
    report.lost.length === 0 ? '' : `${report.lost.map(({ provider }) => provider).join(', ')} lost`,
    report.drifted.length === 0 ? '' : `${report.drifted.length} drifted`,
    report.pending.length === 0 ? '' : `${report.pending.length} pending`,
    report.blocked.length === 0 ? '' : `${report.blocked.length} blocked`,
    report.blind.length === 0 ? '' : `${report.blind.length} not checked`,
    report.deferred.length === 0 ? '' : `${report.deferred.length} deferred`,
  ].filter((text) => text !== '');
  const sync = `${counted(report.inSync, 'resource')} in sync`;
  if (parts.length === 0) return `No changes: ${sync}`;
  return [...(report.lost.length + report.drifted.length === 0 ? ['No drift seen'] : []), ...parts, sync].join(', ');
};

const section = async (
  title: string,
  changes: readonly Change[],
  linesOf: (change: Change) => Promise<string[]>,
): Promise<string[]> => (changes.length === 0 ? [] : ['', title, ...(await Promise.all(changes.map(linesOf))).flat()]);

const driftedLines = async (change: Change, screen: Screen): Promise<string[]> => {
  if (change.missing === true) return [screen.style.bad(`  - ${change.address}  is gone`)];
  const fields = change.fields.filter(({ cause }) => cause === 'drift' || cause === 'both');
  return [screen.style.change(`  ~ ${change.address}`), ...(await fieldLines(fields, driftedField, screen))];
};

const pendingLines = async (change: Change, screen: Screen): Promise<string[]> => {
  const main = mainAction(change.actions);
  const { symbol, mood } = actionWords[main];
  const fields = main === 'create' ? [] : change.fields.filter(({ cause }) => cause !== 'drift');
  return [screen.style[mood](`  ${symbol} ${change.address}`), ...(await fieldLines(fields, changedField, screen))];
};

// Of what is only told.
const most = 10;

const lists = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0
    ? []
    : [
        '',
        title,
        ...lines.slice(0, most).map((line) => `  = ${oneLine(line)}`),
        ...(lines.length > most ? [`  … and ${lines.length - most} more, all in --json`] : []),
      ];

// Many resources share one cause: the cause once, with its number; each address only in JSON.
const reasons = (
  title: string,
  symbol: string,
  entries: readonly { readonly address: string; readonly because: string }[],
): string[] => {
  if (entries.length === 0) return [];
  const causes = grouped(entries, ({ because }) => oneLine(because));
  return [
    '',
    title,
    ...causes.map(([because, members]) =>
      members.length === 1
        ? `  ${symbol} ${members[0]?.address ?? ''}  ${because}`
        : `  ${symbol} ${members.length} resources: ${because}`,
    ),
  ];
};
