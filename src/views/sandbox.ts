import type { Document, Exit } from './document.ts';

/** `lab sandbox … --json` */
export interface SandboxDocument extends Document {
  readonly done: 'edited' | 'reset' | 'stopped';
  /** The address that was edited, or the folder that was emptied. */
  readonly subject: string;
}

/** What a verb of the sandbox did, as a JSON document. */
export const sandboxJson = (done: SandboxDocument['done'], subject: string, exit: Exit): SandboxDocument => ({
  formatVersion: 1,
  exit,
  done,
  subject,
});

/** `lab sandbox clouds --json` */
export interface CloudsDocument extends Document {
  readonly late: number;
  readonly throttle: number;
}

/** What the sandbox's clouds are like, as a JSON document. */
export const cloudsJson = (day: Pick<CloudsDocument, 'late' | 'throttle'>, exit: Exit): CloudsDocument => ({
  formatVersion: 1,
  exit,
  ...day,
});

/** The same for people. */
export const cloudsText = ({ late, throttle }: Pick<CloudsDocument, 'late' | 'throttle'>): string =>
  [
    late === 0
      ? "The sandbox's clouds know at once what is new."
      : `The sandbox's clouds do not know what is new the first ${late === 1 ? 'time' : `${late} times`} it is asked for.`,
    throttle === 0 ? 'No call is one too many.' : `One in ${throttle} calls of theirs is one too many.`,
  ].join('\n');

/** How a shell takes them over: `eval "$(…)"` or by hand. */
export const shellLines = (env: Readonly<Record<string, string>>): string =>
  Object.entries(env)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`)
    .join('\n');
