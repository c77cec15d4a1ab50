import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How long commands that ask no server take, as ratios to a bare Node of the same run. Prints a table; asserts nothing. */
const root = fileURLToPath(new URL('..', import.meta.url));
const runs = 11;

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

const milliseconds = (args: readonly string[]): number => {
  const started = performance.now();
  execFileSync(process.execPath, args, { cwd: root, stdio: 'ignore' });
  return performance.now() - started;
};

const commands = {
  'node -e 0': ['-e', '0'],
  'lab --version': ['bin/lab.js', '--version'],
  'lab validate (two-phase)': ['bin/lab.js', 'validate', '-f', 'examples/two-phase'],
};

// In turn, so that a slower moment of the machine hits all of them.
const times = Array.from({ length: runs }, () => Object.values(commands).map(milliseconds)).slice(1);
const medians = Object.keys(commands).map((_, column) => median(times.map((row) => row[column] ?? 0)));
for (const [index, name] of Object.keys(commands).entries()) {
  const time = medians[index] ?? 0;
  console.log(
    `${name.padEnd(26)} ${time.toFixed(0).padStart(5)} ms   ${(time / (medians[0] ?? 1)).toFixed(1)} x bare node`,
  );
}
