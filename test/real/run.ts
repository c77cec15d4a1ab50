// npm run test:real: runs what this machine has servers for and names the rest. In CI nothing may be missing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { groups, groupsNotRun } from './groups.ts';

const notRun = await groupsNotRun();
const report = notRun.flatMap(({ name, because }) => [`NOT RUN: ${name}`, ...because.map((line) => `  ${line}`)]);

const runVitest = async (): Promise<number> => {
  const excluded = notRun.flatMap(({ files }) => files.flatMap((glob) => ['--exclude', glob]));
  const vitest = new URL('../../node_modules/vitest/vitest.mjs', import.meta.url).pathname;
  const args = [vitest, 'run', '--project', 'real', ...excluded, ...process.argv.slice(2)];
  const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit');
  return code ?? 1;
};

const nothingRuns = notRun.some(({ name }) => name === groups[0]?.name);
const mayNotRun = nothingRuns || (notRun.length > 0 && process.env['CI'] !== undefined);
const code = mayNotRun ? 1 : await runVitest();
for (const line of report) console.error(line);
process.exitCode = code;
