import type { Document, Exit } from './document.ts';
import { noScreen, type Screen } from './screen.ts';
import { counted, oneLine, table } from './text.ts';

/** What a rekey of Vault would do. */
export interface RekeyLook {
  readonly address: string;
  /** Whether an earlier run was cut off: before the new shares counted, or after; or whether only copies of before are left to delete. */
  readonly stage: 'new' | 'cut off' | 'cut off at the end' | 'only old copies';
  readonly shares: number;
  readonly threshold: number;
  readonly custodians: readonly { readonly custodian: string; readonly shares: number; readonly where: string }[];
  /** Shares of now that it takes, and who has them. */
  readonly takes: number;
  readonly readable: readonly { readonly custodian: string; readonly shares: number }[];
  readonly leaving: readonly string[];
  /** Custodians of now whom the manifest does not know any more. */
  readonly unknown: readonly string[];
  /** Copies of shares that did not count any more before this, where they are to be deleted. */
  readonly old: readonly {
    readonly generation: number;
    readonly since: string;
    readonly custodians: readonly string[];
  }[];
}

/** `lab vault rekey --json` */
export interface RekeyDocument extends Document {
  readonly address: string;
  /** Whether custodians have new shares of it, or there were some for them already. */
  readonly did: 'handed out' | 'deleted old copies';
  readonly shares: number;
  readonly threshold: number;
  /** 1 is that of init. */
  readonly generation: number;
  /** SHA-256 over each encrypted share, by who keeps it. */
  readonly custodians: readonly { readonly name: string; readonly digests: readonly string[] }[];
  /** Whose copies of the shares of before are gone. */
  readonly dropped: readonly string[];
}

/** What a rekey came to. */
export type RekeyDone = Omit<RekeyDocument, keyof Document>;

/** What has to be approved. */
export const rekeyPlanText = (look: RekeyLook, deleteOld: boolean): string =>
  look.stage === 'only old copies' ? deletionText(look) : handingOutText(look, deleteOld);

const deletionText = ({ address, old, unknown }: RekeyLook): string =>
  [
    `No new shares for the Vault at ${oneLine(address)}: the custodians have theirs since an earlier rekey.`,
    ...(old.length === 0
      ? ['No copies of the shares of before are left.']
      : ['The copies of those before are deleted; no snapshot that was taken while they counted opens any more:']),
    ...oldRows(old),
    ...unknownLines(unknown),
    'Without --delete-old: new shares for the same custodians.',
  ].join('\n');

const oldRows = (old: RekeyLook['old']): string[] =>
  table(
    old.map(({ generation, since, custodians }) => [
      `  ${generation === 1 ? 'those of init' : `generation ${generation}`}`,
      `since ${oneLine(since)}`,
      custodians.map(oneLine).join(', '),
    ]),
  );

const unknownLines = (unknown: RekeyLook['unknown']): string[] =>
  unknown.map((name) => `The manifest does not say any more where ${oneLine(name)} keeps theirs: that copy stays.`);

const handingOutText = (look: RekeyLook, deleteOld: boolean): string =>
  [
    headOf(look),
    ...table(look.custodians.map(({ custodian, shares, where }) => row(custodian, shares, where))),
    ...(look.leaving.length === 0 ? [] : ['', `leaving: ${look.leaving.map(oneLine).join(', ')}`]),
    ...(look.stage === 'cut off at the end' ? [] : ['', givenBy(look)]),
    '',
    'Until Vault has seen the new shares again, those of now open it; from then on they open nothing',
    'but snapshots of before.',
    ...(deleteOld
      ? ['Their copies are deleted then: no snapshot that was taken before opens any more. Take a new one afterwards.']
      : ['Their copies stay where they are, for as long as there are such snapshots; --delete-old deletes them.']),
    ...(look.old.length === 0 ? [] : ['So are those of earlier ones:']),
    ...oldRows(look.old),
    ...unknownLines(look.unknown),
  ].join('\n');

const headOf = ({ stage, address, shares, threshold }: RekeyLook): string => {
  const what = `${counted(shares, 'new share')} for the Vault at ${oneLine(address)}, of which it takes ${threshold}`;
  switch (stage) {
    case 'new':
      return what;
    case 'cut off':
      return `${what}; a rekey that was cut off is finished`;
    case 'cut off at the end':
    case 'only old copies':
      return `${what}; they count already, and what an earlier run left is cleared away`;
  }
};

const row = (custodian: string, shares: number, where: string): string[] => [
  `  ${oneLine(custodian)}`,
  counted(shares, 'share'),
  oneLine(where),
];

const givenBy = ({ takes, readable }: RekeyLook): string => {
  const sum = readable.reduce((all, { shares }) => all + shares, 0);
  const who = readable.map(({ custodian, shares }) => `${shares} of ${oneLine(custodian)}`).join(', ');
  const rest = sum < takes ? `; ${takes - sum} more of people are needed` : '';
  return `It takes ${counted(takes, 'share')} of now, and lab can read ${sum === 0 ? 'none' : who}${rest}.`;
};

/** What came of it. */
export const rekeyJson = (done: RekeyDone, exit: Exit): RekeyDocument => ({
  formatVersion: 1,
  exit,
  ...done,
});

/** The same for people. */
export const rekeyText = (
  { did, shares, threshold, generation, custodians, dropped }: RekeyDocument,
  next: string,
  { style }: Screen = noScreen,
): string =>
  [
    style.good(
      did === 'handed out'
        ? `${counted(shares, 'new share')}, of which it takes ${threshold}: generation ${generation}, proven by Vault`
        : `${counted(shares, 'share')}, of which it takes ${threshold}: generation ${generation}, as before`,
    ),
    ...table(custodians.map(({ name, digests }) => row(name, digests.length, 'read back'))),
    beforeText(did, dropped),
    '',
    next,
  ].join('\n');

const beforeText = (did: RekeyDocument['did'], dropped: readonly string[]): string => {
  if (dropped.length > 0) {
    const from = dropped.map(oneLine).join(', ');
    return `The copies of the shares of before are gone from ${from}; snapshots of before open no more.`;
  }
  return did === 'handed out'
    ? 'The copies of the shares of before stay where they are: they open snapshots of before, and nothing else.'
    : 'No copies of the shares of before are left.';
};
