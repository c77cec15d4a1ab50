import * as Flags from '@oclif/core/flags';

// Only what oclif needs to parse and to explain; meanings are checked where they are used, inside run().

// Each flag takes one value, so that an argument may follow; help does not show the empty default.
const none: string[] = [];
const repeatable = { multiple: true, multipleNonGreedy: true, default: none, noCacheDefault: true } as const;

/** Which manifest, for every command that reads one. */
export const manifestFlags = {
  file: Flags.string({
    char: 'f',
    default: '.',
    helpValue: 'FILE|DIR',
    summary: 'The manifest, or the folder with its lab.yaml.',
  }),
  environment: Flags.string({
    char: 'e',
    aliases: ['env'],
    helpValue: 'ENV',
    summary: 'The environment of the manifest.',
  }),
  var: Flags.string({
    ...repeatable,
    helpValue: 'NAME=VALUE',
    summary: 'Sets a variable of the manifest; repeatable. Not for secrets: name a source in the manifest.',
  }),
};

const addresses = (summary: string) => Flags.string({ ...repeatable, helpValue: 'ADDRESS', summary });

/** How much of it. */
export const selectionFlags = {
  target: addresses('Only this, what is below it and what it needs; repeatable.'),
  exclude: addresses('Not this, what is below it and what needs it; repeatable.'),
  parallelism: Flags.integer({ default: 10, min: 1, max: 100, summary: 'Calls at the same time per system.' }),
};

/** What a plan may claim. */
export const claimFlags = {
  adopt: addresses('Take over this object that is there already and differs; repeatable; "all" for every one.'),
};

/** What may stay open. */
export const incompleteFlags = {
  'allow-deferred': Flags.string({
    ...repeatable,
    helpValue: 'GATE',
    summary: 'This gate may stay shut: what it defers is no reason for exit 4; repeatable.',
  }),
};

/** What a change of the world must be allowed to do. */
export const approvalFlags = {
  'auto-approve': Flags.boolean({ summary: 'Do not ask. Needed without a terminal and with --json.' }),
  'allow-data-loss': Flags.boolean({
    summary: 'Delete or replace also what loses data with it. Needs allowDestroy: true in the manifest.',
  }),
};

/** What apply may run. */
export const execFlags = {
  'allow-exec': Flags.boolean({
    summary: 'Run the programs that values of the manifest come from (value: {exec: [PROGRAM, ARGUMENT]}).',
  }),
};

/** What to do about a lock that another run holds. */
export const lockFlags = {
  'lock-wait': Flags.string({
    helpValue: 'DURATION',
    summary: 'Wait so long (5m, 90s) for another run that holds the state; default: not, exit 7.',
  }),
};

/** Where to do it. */
export const sandboxFlags = {
  sandbox: Flags.boolean({
    summary: 'Rehearse on loopback servers: no cluster, no cloud, no credentials, nothing real is touched.',
  }),
};

/** Parsed manifestFlags; sandbox where the command has it. */
export interface ManifestFlags {
  readonly sandbox?: boolean;
  readonly file: string;
  readonly environment: string | undefined;
  readonly var: readonly string[];
}

/** Parsed selectionFlags and claimFlags. */
export interface PlanFlags {
  readonly target: readonly string[];
  readonly exclude: readonly string[];
  readonly parallelism: number;
  readonly adopt: readonly string[];
}
