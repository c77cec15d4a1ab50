import type { Change } from '../engine/change.ts';
import type { DriftReport } from '../engine/outcome.ts';
import { actionWords, mainAction, standingSymbols } from './action.ts';
import type { Document, Exit } from './document.ts';
import { driftedFieldText, fieldText } from './field.ts';
import { type ChangeDocument, changeJson } from './plan-json.ts';
import { counted, grouped, oneLine, table } from './text.ts';

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
export const driftText = (report: DriftReport, next?: string): string => {
  const answer = answerText(report);
  const body = [
    ...report.lost.map(
      ({ provider, because }) => `${provider}  LOST (was in service at the last apply): ${oneLine(because)}`,
    ),
    ...section('drifted: changed by somebody else', report.drifted, driftedLines),
    ...section('pending: in the manifest, not applied yet', report.pending, pendingLines),
    ...reasons('blocked', standingSymbols.blocked, report.blocked),
    ...reasons('not checked (blind)', standingSymbols.blind, report.blind),
    ...reasons('deferred', standingSymbols.deferred, report.deferred),
  ];
  const { name, environment } = report.owner;
  return [
    `${name} · env ${environment}`,
    `${answer}.`,
    ...body,
    ...(body.length === 0 ? [] : ['', `${answer}.`]),
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

const section = (title: string, changes: readonly Change[], linesOf: (change: Change) => string[]): string[] =>
  changes.length === 0 ? [] : ['', title, ...changes.flatMap(linesOf)];

const driftedLines = (change: Change): string[] => {
  if (change.missing === true) return [`  - ${change.address}  is gone`];
  const fields = change.fields.filter(({ cause }) => cause === 'drift' || cause === 'both');
  return [`  ~ ${change.address}`, ...indented(fields.map(driftedFieldText))];
};

const pendingLines = (change: Change): string[] => {
  const main = mainAction(change.actions);
  const fields = main === 'create' ? [] : change.fields.filter(({ cause }) => cause !== 'drift');
  return [`  ${actionWords[main].symbol} ${change.address}`, ...indented(fields.map(fieldText))];
};

const indented = (rows: readonly (readonly string[])[]): string[] => table(rows, 48).map((line) => `      ${line}`);

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
