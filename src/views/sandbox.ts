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

/** How a shell takes them over: `eval "$(…)"` or by hand. */
export const shellLines = (env: Readonly<Record<string, string>>): string =>
  Object.entries(env)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`)
    .join('\n');
