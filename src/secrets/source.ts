/** Where a value comes from that is to be had where lab runs. */
export type LocalSource =
  | { readonly from: 'env'; readonly name: string }
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'generate'; readonly length: number; readonly alphabet: 'alphanumeric' | 'hex' | 'printable' };

/** A secret in a store of the manifest, which lab reads as who it is there. */
export interface StoreSource {
  readonly from: 'store';
  /** As the manifest has it: `azure-keyvault/pg-vault-admin`. */
  readonly named: string;
  /** Of the secret, whether or not this manifest writes it. */
  readonly address: string;
  /** Which of the values that it holds; absent: what it holds as a whole. */
  readonly property?: string;
}

/** Somebody at the terminal, who is asked once the value is to be written. */
export interface PromptSource {
  readonly from: 'prompt';
  /** What is asked for. */
  readonly text: string;
}

/** A program that prints the value, run once the value is to be written. */
export interface ExecSource {
  readonly from: 'exec';
  /** The program, and its arguments. */
  readonly command: readonly [string, ...string[]];
}

/** Where a value comes from. Resolved lazily: a cron that holds no values can still plan. */
export type Source = LocalSource | StoreSource | PromptSource | ExecSource;

/** Whether a value is there only once it is to be written: made, typed or printed then. */
export const comesWithTheWrite = ({ from }: Source): boolean =>
  from === 'generate' || from === 'prompt' || from === 'exec';

/** Whether a value is to be had where lab runs, without asking anybody or anything. */
export const isLocal = (source: Source): source is LocalSource =>
  source.from === 'env' || source.from === 'file' || source.from === 'generate';

const sourced = Symbol('sourced');

/** A secret field of a desired spec whose value is not read yet, with what to do when source or store surprise us. */
export interface Sourced {
  readonly [sourced]: true;
  readonly source: Source;
  /** keep: the source is only needed while the object is absent. enforce: the source is the truth and must be there. */
  readonly onMissingSource: 'keep' | 'enforce';
  /** keep: a value that somebody else changed is reported. overwrite: it is written again. */
  readonly onExternalChange: 'keep' | 'overwrite';
  /** `file:line:col` of the line that names the source. */
  readonly at: string;
}

/** A secret field that takes its value from a source. */
export const fromSource = (fields: Omit<Sourced, typeof sourced>): Sourced =>
  Object.freeze({ [sourced]: true as const, ...fields });

/** Whether something is a Sourced. */
export const isSourced = (value: unknown): value is Sourced =>
  typeof value === 'object' && value !== null && sourced in value;

/** For people: `env AZURE_CREDENTIALS`. Names the source, never the value. */
export const describeSource = (source: Source): string => {
  switch (source.from) {
    case 'env':
      return `env ${source.name}`;
    case 'file':
      return `file ${source.path}`;
    case 'generate':
      return `generated, ${source.length} characters`;
    case 'store':
      return `store ${source.named}`;
    case 'prompt':
      return `somebody at the terminal, asked for "${source.text}"`;
    case 'exec':
      return `the program ${source.command.join(' ')}`;
  }
};
