// npm run test:real: runs what this machine has servers for and names the rest. In CI nothing may be missing.
// With --matrix, what External Secrets has to do with runs once more, on the earlier release.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { earlier, releaseVariable } from '../servers/external-secrets-release.ts';
import { groups, groupsNotRun, matrix } from './groups.ts';

const given = process.argv.slice(2);
const args = given.filter((word) => word !== '--matrix');
const isMatrix = args.length < given.length;

const notRun = await groupsNotRun(isMatrix ? [...groups, matrix] : groups);
const report = notRun.flatMap(({ name, because }) => [`NOT RUN: ${name}`, ...because.map((line) => `  ${line}`)]);
const isMissing = (asked: string): boolean => notRun.some(({ name }) => name === asked);

const runVitest = async (files: readonly string[], environment: Readonly<Record<string, string>>): Promise<number> => {
  const excluded = notRun
    .filter(({ name }) => name !== matrix.name)
    .flatMap((group) => group.files.flatMap((glob) => ['--exclude', glob]));
  const vitest = new URL('../../node_modules/vitest/vitest.mjs', import.meta.url).pathname;
  const child = spawn(process.execPath, [vitest, 'run', '--project', 'real', ...excluded, ...files], {
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  const [code] = await once(child, 'exit');
  return code ?? 1;
};

const runAll = async (): Promise<number> => {
  const code = await runVitest(args, {});
  if (!isMatrix || isMissing(matrix.name)) return code;
  console.error(`once more, on External Secrets ${earlier.name}`);
  return Math.max(
    code,
    await runVitest([...matrix.files, '--exclude', matrix.without], { [releaseVariable]: earlier.name }),
  );
};

const mayNotRun = isMissing(groups[0]?.name ?? '') || (notRun.length > 0 && process.env['CI'] !== undefined);
const code = mayNotRun ? 1 : await runAll();
for (const line of report) console.error(line);
process.exitCode = code;
