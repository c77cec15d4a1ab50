import type { Probe } from '../engine/resource.ts';
import type { VerifyReport } from '../engine/verify.ts';
import type { Document, Exit } from './document.ts';
import { noScreen, type Screen } from './screen.ts';
import type { Style } from './style.ts';
import { counted, grouped, oneLine } from './text.ts';

/** `lab verify --json` */
export interface VerifyDocument extends Document, Omit<VerifyReport, 'formatVersion'> {}

/** The report as a JSON document. */
export const verifyJson = ({ formatVersion, ...report }: VerifyReport, exit: Exit): VerifyDocument => ({
  formatVersion,
  exit,
  ...report,
});

/** The report for people: what failed first, then what could not be checked, then what is proven. */
export const verifyText = (report: VerifyReport, next?: string, { style }: Screen = noScreen): string => {
  const answer = style.strong(`${answerOf(report)}.`);
  const body = [
    ...section('failed', linesOf(report, 'failed', style)),
    ...section('not tried', linesOf(report, 'untried', style)),
    ...section('not checked', uncheckedLines(report)),
    ...section('proven', linesOf(report, 'proven', style)),
  ];
  const { name, environment } = report.owner;
  return [
    style.quiet(`${name} · env ${environment}`),
    answer,
    ...body,
    ...(body.length === 0 ? [] : ['', answer]),
    ...(next === undefined ? [] : [next]),
  ].join('\n');
};

const answerOf = (report: VerifyReport): string => {
  const probes = report.verified.flatMap((resource) => resource.probes);
  const count = (is: Probe['is']) => probes.filter((probe) => probe.is === is).length;
  const errors = report.diagnostics.filter(({ severity }) => severity === 'error').length;
  const parts = [
    errors === 0 ? '' : counted(errors, 'error'),
    count('failed') === 0 ? '' : `${count('failed')} failed`,
    count('untried') === 0 ? '' : `${count('untried')} not tried`,
    report.unchecked.length === 0 ? '' : `${counted(report.unchecked.length, 'resource')} not checked`,
  ].filter((text) => text !== '');
  return [...parts, `${count('proven')} proven`].join(', ');
};

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines];

const linesOf = ({ verified }: VerifyReport, is: Probe['is'], style: Style): string[] =>
  verified.flatMap(({ address, probes }) =>
    probes.filter((probe) => probe.is === is).flatMap((probe) => probeLines(address, probe, style)),
  );

const probeLines = (address: string, probe: Probe, style: Style): string[] => {
  switch (probe.is) {
    case 'proven':
      return [style.good(`  ✓ ${address}  ${oneLine(probe.check)}`)];
    case 'untried':
      return [style.change(`  ? ${address}  ${oneLine(probe.check)}: ${oneLine(probe.because)}`)];
    case 'failed':
      return [
        style.bad(`  ✗ ${address}  ${oneLine(probe.check)}`),
        `      expected  ${oneLine(probe.expected)}`,
        `      found     ${oneLine(probe.found)}`,
        ...(probe.next === undefined ? [] : [`      ${oneLine(probe.next)}`]),
      ];
  }
};

// Many resources share one cause: the cause once, with its number; each address only in JSON.
const uncheckedLines = ({ unchecked }: VerifyReport): string[] =>
  grouped(unchecked, ({ because }) => oneLine(because)).map(([because, members]) =>
    members.length === 1
      ? `  ? ${members[0]?.address ?? ''}  ${because}`
      : `  ? ${members.length} resources: ${because}`,
  );
