import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** How a run of lab ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Brings dist up to date with src: once before the first lab(). Types are not checked here. */
export const build = (): void => {
  const compiler = `${root}node_modules/@typescript/native/bin/tsc`;
  execFileSync(process.execPath, [compiler, '-p', `${root}tsconfig.build.json`, '--noCheck']);
};

/** Runs lab as users do, without a terminal, with nothing in the environment but what is given. */
export const lab = async (
  words: readonly string[],
  { cwd = root, env = {} }: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<Ended> => {
  const child = spawn(process.execPath, [`${root}bin/lab.js`, ...words], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr };
};
