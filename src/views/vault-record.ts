import type { Document } from './document.ts';
import { noScreen, type Screen } from './screen.ts';
import type { Style } from './style.ts';
import { counted, oneLine, table } from './text.ts';

interface Author {
  readonly by: string;
  /** In CI: where the log of that run is. */
  readonly run?: string | undefined;
}

/** One custodian of one generation of shares. */
interface RecordedCustodian {
  readonly name: string;
  /** SHA-256 over each encrypted share that they were given. */
  readonly digests: readonly string[];
  readonly where?: string | undefined;
  /** Fingerprint of the PGP key that these are encrypted to. */
  readonly key?: string | undefined;
  /** SHA-256 over the file that was written for a person. */
  readonly file?: string | undefined;
  readonly readBackAt?: string | undefined;
}

/** One generation of shares: those of init, or of a rekey. */
type RecordedGeneration = {
  readonly number: number;
  readonly of: 'init' | 'rekey';
  readonly recorded?: (Author & { readonly at: string }) | undefined;
} & (
  | {
      readonly by?: string | undefined;
      readonly run?: string | undefined;
      readonly is: 'counts' | 'counted before';
      readonly givenOutAt: string;
      readonly shares: number;
      readonly threshold?: number | undefined;
      readonly clusterId: string;
      readonly clusterName?: string | undefined;
      readonly product?: 'vault' | 'openbao' | undefined;
      readonly version?: string | undefined;
      readonly seal?: string | undefined;
      readonly custodians: readonly RecordedCustodian[];
    }
  | { readonly is: 'never counted'; readonly because: string }
);

type RecordedRoot =
  | (Author & {
      readonly is: 'revoked';
      readonly found: 'alive' | 'dead';
      readonly accessor?: string | undefined;
      readonly provenAt: string;
    })
  | { readonly is: 'alive'; readonly manifest: 'revoke' | 'keep' }
  | { readonly is: 'not recorded' };

/** What something that is on record was found to be. */
export interface RecordedThing {
  readonly custodian: string;
  readonly is: 'same' | 'other' | 'gone' | 'unread' | 'carried away' | 'not in the manifest';
  readonly because?: string;
}

/** What is on record of a Vault, and how what it tells of was found. */
export interface RecordLook {
  readonly record: {
    readonly address: string;
    /** What the names of all that is escrowed begin with. */
    readonly escrow: string;
    readonly root: RecordedRoot;
    readonly generations: readonly RecordedGeneration[];
  };
  /** SHA-256 over `record`, its keys sorted and without spaces. */
  readonly sha256: string;
  readonly looked: Author & {
    readonly at: string;
    /** Whether each store has the same on record. */
    readonly stores: readonly RecordedThing[];
    /** Whether each custodian keeps what the record says. */
    readonly copies: readonly (RecordedThing & { readonly generation: number })[];
    /** A generation that a rekey was cut off in. */
    readonly unfinished?: number;
  };
}

/** `lab vault record --json` */
export interface RecordDocument extends Document, RecordLook {}

/** Whether it is of the shares that open Vault. */
export const isOfCurrent = ({ record }: RecordLook, { generation }: { readonly generation: number }): boolean =>
  record.generations.some(({ number, is }) => number === generation && is === 'counts');

/** The same for people. */
export const recordText = (look: RecordLook, { style }: Screen = noScreen): string => {
  const { record, sha256, looked } = look;
  return [
    ...headOf(look),
    `root token: ${rootText(record.root, style)}`,
    ...record.generations.flatMap((one) => ['', ...generationText(one, look, style)]),
    ...(looked.unfinished === undefined
      ? []
      : ['', style.change(`a rekey was cut off in generation ${looked.unfinished}: lab vault rekey finishes it`)]),
    ...looked.stores.flatMap((store) => storeText(store, style)),
    '',
    `sha256 of the record: ${sha256}`,
  ].join('\n');
};

const headOf = ({ record: { address, generations } }: RecordLook): string[] => {
  const last = generations.findLast((one) => one.is !== 'never counted');
  if (last === undefined) return [oneLine(address)];
  const { product, version, clusterName, clusterId, seal } = last;
  const names = { vault: 'Vault', openbao: 'OpenBao' } as const;
  return [
    `${product === undefined ? 'Vault' : names[product]} ${oneLine(version ?? '')} at ${oneLine(address)}`.replace(
      '  ',
      ' ',
    ),
    `cluster ${clusterName === undefined ? '' : `${oneLine(clusterName)}, `}id ${oneLine(clusterId)}${seal === undefined ? '' : `, seal ${oneLine(seal)}`}`,
  ];
};

const authorText = ({ by, run }: { readonly by?: string | undefined; readonly run?: string | undefined }): string =>
  by === undefined ? '' : ` by ${oneLine(by)}${run === undefined ? '' : ` (${oneLine(run)})`}`;

const rootText = (root: RecordedRoot, style: Style): string => {
  switch (root.is) {
    case 'revoked': {
      const how = root.found === 'alive' ? 'revoked' : 'found dead';
      return `${style.good(how)}${authorText(root)}; Vault did not know it any more at ${oneLine(root.provenAt)}`;
    }
    case 'alive':
      return root.manifest === 'keep'
        ? style.change('alive, encrypted in the first store, because the manifest says keep')
        : style.bad('alive: lab apply has not come to revoke it yet');
    case 'not recorded':
      return 'no copy of it is left; when it ended is not on record';
  }
};

const generationText = (one: RecordedGeneration, look: RecordLook, style: Style): string[] => {
  const name = one.of === 'init' ? 'generation 1, of init' : `generation ${one.number}, of a rekey`;
  if (one.is === 'never counted') return [`${name}: never counted, ${oneLine(one.because)}`];
  const { shares, threshold, givenOutAt, custodians, seal = 'shamir' } = one;
  const noun = seal === 'shamir' ? 'share' : 'recovery share';
  const of = threshold === undefined ? '' : `, of which it takes ${threshold}`;
  const status = one.is === 'counts' ? style.good('counts') : 'counted before, opens snapshots of its time';
  return [
    `${name}: ${status}`,
    `  ${counted(shares, noun)}${of}; given out ${oneLine(givenOutAt)}${authorText(one)}`,
    ...table(
      custodians.map(({ name: custodian, digests, where = '', readBackAt }) => [
        `  ${oneLine(custodian)}`,
        counted(digests.length, 'share'),
        readBackAt === undefined ? '' : `read back ${oneLine(readBackAt)}`,
        foundText(
          look.looked.copies.find((copy) => copy.custodian === custodian && copy.generation === one.number),
          style,
        ),
        oneLine(where),
      ]),
    ),
  ];
};

const foundText = (copy: RecordedThing | undefined, style: Style): string => {
  switch (copy?.is) {
    case undefined:
      return '';
    case 'same':
      return style.good('there now');
    case 'gone':
      return style.change('not there any more');
    case 'other':
      return style.bad('NOT WHAT IS ON RECORD');
    case 'unread':
      return style.change(`not seen now (${oneLine(copy.because ?? '')})`);
    case 'carried away':
      return 'file not here any more';
    case 'not in the manifest':
      return 'not in the manifest any more';
  }
};

const storeText = ({ custodian, is, because = '' }: RecordedThing, style: Style): string[] => {
  switch (is) {
    case 'same':
    case 'carried away':
    case 'not in the manifest':
      return [];
    case 'other':
      return ['', style.bad(`${oneLine(custodian)} has something else on record: somebody wrote there`)];
    case 'gone':
      return ['', style.bad(`${oneLine(custodian)} lacks some of this record`)];
    case 'unread':
      return ['', style.change(`${oneLine(custodian)} cannot be read now: ${oneLine(because)}`)];
  }
};
