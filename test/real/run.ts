// npm run test:real: runs what this machine has servers for and names the rest. In CI nothing may be missing.
// Then what has to do with Vault runs once more, on OpenBao; with --matrix, what External Secrets has to do with as well,
// on the earlier release.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { groups, groupsNotRun, matrix, openBao, type Pass } from './groups.ts';

const given = process.argv.slice(2);
const args = given.filter((word) => word !== '--matrix');
const options = args.filter((word) => word.startsWith('-'));
const filters = args.filter((word) => !word.startsWith('-'));
const passes = args.length < given.length ? [openBao, matrix] : [openBao];

const [missingGroups, missingPasses] = await Promise.all([groupsNotRun(groups), groupsNotRun(passes)]);
const notRun = [...missingGroups, ...missingPasses];
const report = notRun.flatMap(({ name, because }) => [`NOT RUN: ${name}`, ...because.map((line) => `  ${line}`)]);
const isMissing = (asked: string): boolean => notRun.some(({ name }) => name === asked);

const runVitest = async (words: readonly string[], environment: Readonly<Record<string, string>>): Promise<number> => {
  const excluded = missingGroups.flatMap((group) => group.files.flatMap((glob) => ['--exclude', glob]));
  const vitest = new URL('../../node_modules/vitest/vitest.mjs', import.meta.url).pathname;
  const child = spawn(process.execPath, [vitest, 'run', '--project', 'real', ...excluded, ...words], {
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  const [code] = await once(child, 'exit');
  return code ?? 1;
};

/** A report into a file of its own: results.json becomes results-openbao.json. */
const beside = ({ name }: Pass): readonly string[] => {
  const suffix = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return options.map((word) => word.replace(/^(--outputFile\S*=.*)(\.\w+)$/, `$1-${suffix}$2`));
};

/** Of a pass, what was asked for: its files, or one in a folder of it. */
const filesOf = ({ files }: Pass): readonly string[] =>
  filters.length === 0
    ? files
    : files.flatMap((file) => {
        const [found] = filters.filter((filter) => file.includes(filter) || filter.includes(file));
        return found === undefined ? [] : [found.includes(file) ? found : file];
      });

const runAll = async (): Promise<number> => {
  const codes = [await runVitest(args, {})];
  for (const pass of passes) {
    const files = filesOf(pass);
    if (isMissing(pass.name) || files.length === 0) continue;
    console.error(`once more, on ${pass.name}`);
    const without = pass.without === undefined ? [] : ['--exclude', pass.without];
    codes.push(await runVitest([...files, ...without, ...beside(pass)], pass.environment));
  }
  return Math.max(...codes);
};

const mayNotRun = isMissing(groups[0]?.name ?? '') || (notRun.length > 0 && process.env['CI'] !== undefined);
const code = mayNotRun ? 1 : await runAll();
for (const line of report) console.error(line);
process.exitCode = code;
