import type { Document, Exit } from './document.ts';
import { noScreen, type Screen } from './screen.ts';
import type { Style } from './style.ts';
import { counted, oneLine, table } from './text.ts';

/** One server of a Vault, as it was found. */
export interface VaultServer {
  readonly address: string;
  readonly state: 'active' | 'standby' | 'sealed' | 'uninitialised' | 'unreachable';
  readonly version?: string;
  /** Shares given since the last reset, of how many it takes. */
  readonly given?: number;
  readonly threshold?: number;
  readonly because?: string;
}

/** One custodian. */
export interface VaultCustodian {
  readonly custodian: string;
  /** How many shares they keep. */
  readonly shares: number;
  readonly where?: string;
  /** How many of them lab can read now; absent for people. */
  readonly readable?: number;
  /** Why it can read none. */
  readonly because?: string;
}

/** How a Vault, its escrow and those who read from it stand. */
export interface VaultLook {
  readonly servers: readonly VaultServer[];
  readonly escrow: readonly VaultCustodian[];
  readonly problem?: { readonly code: string; readonly message: string; readonly next?: string };
  /** ExternalSecrets by where they are read from. */
  readonly readers: { readonly vault: number; readonly elsewhere: number };
}

/** `lab vault status --json`, `lab vault unseal --json` */
export interface VaultDocument extends Document, VaultLook {}

/** Whether every server is at work. */
export const isInService = ({ servers }: Pick<VaultLook, 'servers'>): boolean =>
  servers.every(({ state }) => state === 'active' || state === 'standby');

/** The same as a JSON document. */
export const vaultJson = (look: VaultLook, exit: Exit): VaultDocument => ({ formatVersion: 1, exit, ...look });

/** The same for people: what is wrong first, then servers, escrow, and what works meanwhile. */
export const vaultText = (look: VaultLook, next?: string, { style }: Screen = noScreen): string =>
  [
    ...(look.problem === undefined ? [] : [style.bad(oneLine(look.problem.message))]),
    ...(look.problem?.next === undefined ? [] : [oneLine(look.problem.next)]),
    ...(look.problem === undefined ? [] : ['']),
    'servers',
    ...table(look.servers.map((server) => [`  ${server.address}`, stateOf(server, style), server.version ?? ''])),
    ...(look.escrow.length === 0 ? [] : ['', 'escrow']),
    ...table(look.escrow.map((one) => [`  ${one.custodian}`, counted(one.shares, 'share'), keptOf(one, style)])),
    ...(isInService(look) ? [] : stillWorks(look.readers)),
    ...(next === undefined ? [] : ['', next]),
  ].join('\n');

const stateOf = ({ state, given, threshold, because }: VaultServer, style: Style): string => {
  switch (state) {
    case 'active':
    case 'standby':
      return style.good(state);
    case 'sealed':
      return style.bad(`sealed, ${given} of ${threshold} shares given`);
    case 'uninitialised':
      return style.change('not initialised');
    case 'unreachable':
      return style.bad(`unreachable (${oneLine(because ?? '')})`);
  }
};

const keptOf = ({ where = '', readable, because, shares }: VaultCustodian, style: Style): string => {
  if (because !== undefined) return style.bad(`cannot be read: ${oneLine(because)}`);
  if (readable === undefined) return `a person, whose shares are in ${oneLine(where)}`;
  return readable === shares ? oneLine(where) : style.bad(`${readable} there: ${oneLine(where)}`);
};

const stillWorks = ({ vault, elsewhere }: VaultLook['readers']): string[] => [
  '',
  'meanwhile',
  ...(vault === 0
    ? []
    : [`  ${counted(vault, 'ExternalSecret')} of Vault: their Secrets stay as they are, and are not refreshed`]),
  ...(elsewhere === 0 ? [] : [`  ${counted(elsewhere, 'ExternalSecret')} of other stores: refreshed as ever`]),
  '  logins, leases and new credentials of Vault: none',
];
