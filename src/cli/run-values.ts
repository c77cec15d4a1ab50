import { isUtf8 } from 'node:buffer';
import { execFile } from 'node:child_process';
import type { SecretDesk } from '../engine/world.ts';
import { LabError, writtenAt } from '../errors.ts';
import { type Secret, secret } from '../secrets/secret.ts';
import type { ExecSource } from '../secrets/source.ts';
import type { Host } from './host.ts';

/** What running programs takes. */
export interface Running {
  /** Whether the user said that programs may be run. */
  readonly allowed: boolean;
  /** Where they are run: the manifest's folder. */
  readonly folder: string;
  readonly env: Host['env'];
  readonly signal: AbortSignal;
  /** Is told every value that is printed. */
  readonly learn: (value: Secret) => void;
}

type Command = ExecSource['command'];

const timeoutMs = 60_000;
const mostBytes = 64 * 1024;

// Enough to find programs and their settings; no token of lab's own, or of anybody else, is handed on.
const passed = 'PATH HOME USER LOGNAME LANG LC_ALL TZ TMPDIR XDG_CONFIG_HOME XDG_DATA_HOME XDG_RUNTIME_DIR'.split(' ');

/** A desk that runs the programs that values come from: each once in a run, and only where that was allowed. */
export const runningDesk = <Desk extends SecretDesk>(desk: Desk, running: Running): Desk => {
  const started = new Map<string, Promise<Secret | undefined>>();

  const value = async (command: Command): Promise<Secret | undefined> => {
    const printed = await outputOf(command, running);
    // What a program prints ends with a newline that is none of the value's.
    const text = printed.replace(/\r?\n$/, '');
    if (text === '') return undefined;
    const read = secret(text);
    running.learn(read);
    return read;
  };

  return {
    ...desk,
    resolve: async (sourced) => {
      const { source, at } = sourced;
      if (source.from !== 'exec') return desk.resolve(sourced);
      const { command } = source;
      if (!running.allowed) {
        throw new LabError('GUARD', `the value comes from the program ${command[0]}, which was not allowed to run`, {
          at,
          next: 'Look at what it is, and run lab apply with --allow-exec.',
        });
      }
      const key = JSON.stringify(command);
      const answer = started.get(key) ?? value(command);
      started.set(key, answer);
      try {
        return await answer;
      } catch (error) {
        throw error instanceof LabError ? writtenAt(error, at) : error;
      }
    },
  };
};

// No shell is in between. What the program complains of is not shown: it may hold the value.
const outputOf = ([program, ...args]: Command, { folder, env, signal }: Running): Promise<string> =>
  new Promise((resolve, reject) => {
    const own = Object.fromEntries(passed.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
    const options = {
      cwd: folder,
      env: own,
      signal,
      timeout: timeoutMs,
      maxBuffer: mostBytes,
      encoding: 'buffer',
    } as const;
    const child = execFile(program, args, options, (error, stdout) => {
      if (error === null && isUtf8(stdout)) return resolve(stdout.toString());
      const why = error === null ? 'printed what is no UTF-8 text' : failureOf(error);
      const next = 'Run it by hand in the folder of the manifest: lab shows nothing of what it says.';
      return reject(new LabError('MISSING_SOURCE', `the program ${program} ${why}`, { next }));
    });
    child.stdin?.end();
  });

const failureOf = ({ code, killed, signal }: { code?: unknown; killed?: boolean; signal?: unknown }): string => {
  if (code === 'ENOENT') return 'was not found';
  if (code === 'EACCES') return 'cannot be run';
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `printed more than ${mostBytes / 1024} KB`;
  if (code === 'ABORT_ERR') return 'was stopped with lab';
  if (killed === true) return `did not end within ${timeoutMs / 1000} s`;
  return typeof code === 'number' ? `ended with code ${code}` : `was ended by ${String(signal)}`;
};
