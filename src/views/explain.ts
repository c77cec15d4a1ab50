import type { Change } from '../engine/change.ts';
import type { Ownership } from '../engine/resource.ts';
import type { StateRecord } from '../state/store.ts';
import { actionWords, mainAction, standingSymbols } from './action.ts';
import { reasonsOf } from './change-line.ts';
import type { Document, Exit } from './document.ts';
import { changedField, type FieldWording, newField } from './field.ts';
import { fieldLines } from './field-lines.ts';
import { type ChangeDocument, changeJson } from './plan-json.ts';
import { noScreen, type Screen } from './screen.ts';
import { oneLine, table } from './text.ts';

/** Everything that is known of one address. */
export interface Explanation {
  readonly address: string;
  readonly kind: string;
  /** Absent for what only the state knows. */
  readonly wanted?: {
    readonly ownership: Ownership;
    readonly phase: Change['phase'];
    /** `file:line:col`, and the manifest path that stands there. */
    readonly at: string;
    readonly path: string;
  };
  /** Absent for what lab did not write. */
  readonly recorded?: Pick<StateRecord, 'ownership' | 'status'>;
  readonly needs: readonly string[];
  readonly neededBy: readonly string[];
  readonly gates: readonly string[];
  readonly opens: readonly string[];
  /** Its part of a fresh plan. */
  readonly change?: Change;
}

/** `lab explain --json` */
export interface ExplainDocument extends Document, Omit<Explanation, 'change'> {
  readonly change: ChangeDocument | null;
}

/** The explanation as a JSON document. */
export const explainJson = ({ change, ...known }: Explanation, exit: Exit): ExplainDocument => ({
  formatVersion: 1,
  exit,
  ...known,
  change: change === undefined ? null : changeJson(change),
});

/** The explanation for people: what it is, where it comes from, who needs whom, and what would happen to it and why. */
export const explainText = async (known: Explanation, next: string, screen: Screen = noScreen): Promise<string> => {
  const { style } = screen;
  const { wanted, recorded, change } = known;
  const rows = [
    ['what', [known.kind, ownershipText(known), wanted?.phase].filter((word) => word !== undefined).join(', ')],
    ['written at', wanted === undefined ? 'nowhere: only the state knows it' : `${wanted.at}  ${wanted.path}`],
    ['identity', change === undefined ? undefined : oneLine(change.identity)],
    ['state', recordedText(recorded)],
    ...rowsOf('needs', known.needs),
    ...rowsOf('needed by', known.neededBy),
    ...rowsOf('behind gate', known.gates),
    ...rowsOf('opens gate', known.opens),
  ].flatMap(([name = '', text]) => (text === undefined ? [] : [[style.quiet(name), text]]));
  return [
    style.strong(known.address),
    ...table(rows).map((line) => `  ${line}`),
    '',
    ...(change === undefined
      ? ['Not part of a plan: it is in no system that could be asked.']
      : [planLine(change, screen)]),
    ...(change?.standing.is === 'planned' ? await fieldLines(change.fields, wordingFor(change), screen) : []),
    next,
  ].join('\n');
};

// A long list has one line an entry, with the name beside the first.
const rowsOf = (name: string, entries: readonly string[]): [string, string][] =>
  entries.map((entry, index) => [index === 0 ? name : '', entry]);

const ownershipText = ({ wanted, change }: Explanation): string | undefined => {
  switch (change?.ownership ?? wanted?.ownership) {
    case 'owned':
      return 'owned by lab';
    case 'contributed':
      return 'contributed to: lab owns only the fields it states';
    case 'expected':
      return 'expected: read, never written';
    case 'used':
      return 'used as it is, not owned';
    case undefined:
      return undefined;
  }
};

const recordedText = (recorded: Explanation['recorded']): string => {
  if (recorded === undefined) return 'no record: lab has not written it';
  return recorded.status === 'begun' ? `${recorded.ownership}, interrupted while being written` : recorded.ownership;
};

const planLine = (change: Change, { style }: Screen): string => {
  const { standing } = change;
  const notes = change.notes.map(oneLine);
  switch (standing.is) {
    case 'planned': {
      const { symbol, toDo, mood } = actionWords[mainAction(change.actions)];
      const why = [...reasonsOf(change, style), ...whoMoved(change), ...notes];
      return `${style[mood](`${symbol} ${toDo}`)}${why.length === 0 ? '' : `: ${why.join(', ')}`}`;
    }
    case 'deferred': {
      const why = [oneLine(standing.because), ...notes].join(', ');
      return `${standingSymbols.deferred} deferred until ${standing.gate} opens: ${why}`;
    }
    case 'blocked':
      return style.bad(`${standingSymbols.blocked} blocked: ${oneLine(standing.because)}`);
    case 'blind':
      return style.change(`${standingSymbols.blind} not checked: ${oneLine(standing.because)}`);
  }
};

const whoMoved = (change: Change): string[] => {
  if (change.actions.includes('create')) return change.missing === true ? [] : ['it is not there'];
  const causes = new Set(change.fields.map(({ cause }) => cause));
  return [
    ...(causes.has('pending') || causes.has('both') ? ['the manifest asks for something else than was applied'] : []),
    ...(causes.has('drift') || causes.has('both') ? ['somebody else changed it'] : []),
    ...(causes.has('unattributed') ? ['it differs, and no record tells who changed it'] : []),
  ];
};

const wordingFor = (change: Change): FieldWording => {
  if (change.actions.includes('create')) return newField;
  return (field, columns) => {
    const cause = field.cause === 'pending' ? '   changed in the manifest' : '';
    return `${changedField(field, columns)}${cause}`;
  };
};
