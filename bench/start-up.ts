import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './median.ts';
import { type Row, timeRow } from './table.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const runs = 11;

const milliseconds = (args: readonly string[]): number => {
  const started = performance.now();
  execFileSync(process.execPath, args, { cwd: root, stdio: 'ignore' });
  return performance.now() - started;
};

const bare = ['-e', '0'];
const commands = {
  'lab --version': ['bin/lab.js', '--version'],
  'lab validate (two-phase)': ['bin/lab.js', 'validate', '-f', 'examples/two-phase'],
};

/** How long commands that ask no server take, against a bare Node. */
export const startUp = (): readonly Row[] => {
  // In turn, so that a slower moment of the machine hits all of them; the first round warms the caches.
  const rounds = Array.from({ length: runs }, () => [bare, ...Object.values(commands)].map(milliseconds)).slice(1);
  const column = (index: number): number => median(rounds.map((round) => round[index] ?? 0));
  return Object.keys(commands).map((name, index) => timeRow(name, column(index + 1), 'node -e 0', column(0)));
};
