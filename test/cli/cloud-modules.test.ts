import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { build } from './lab.ts';

const root = new URL('../..', import.meta.url).pathname;

// Runs before lab in its process: writes down every package of a cloud's SDK that is loaded, and prints them at the end.
const watch = `
  import { registerHooks } from 'node:module';
  const seen = new Set();
  registerHooks({ load: (url, context, next) => {
    const [, name] = /node_modules\\/(@azure\\/[^/]+|@aws-sdk\\/[^/]+|@google-cloud\\/[^/]+)\\//.exec(url) ?? [];
    if (name !== undefined) seen.add(name);
    return next(url, context);
  } });
  process.on('exit', () => process.stderr.write('LOADED ' + JSON.stringify([...seen].toSorted()) + '\\n'));
`;

const loadedBy = async (...words: readonly string[]): Promise<readonly string[]> => {
  const home = await mkdtemp(join(tmpdir(), 'lab-modules-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const args = ['--import', `data:text/javascript,${encodeURIComponent(watch)}`, `${root}bin/lab.js`, ...words];
  const child = spawn(process.execPath, args, { cwd: root, env: { HOME: home }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const [, list = 'null'] = /^LOADED (.*)$/m.exec(stderr) ?? [];
  expect({ code: child.exitCode, stderr: child.exitCode === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(list);
};

beforeAll(build, 120_000);

test('a manifest without clouds loads nothing of their SDKs, and validate never does', async () => {
  expect(await loadedBy('validate', '-f', 'examples/two-phase')).toEqual([]);
  expect(await loadedBy('plan', '--sandbox', '-e', 'local', '-f', 'examples/two-phase')).toEqual([]);
}, 60_000);

test('one with a cloud loads the clients that it uses', async () => {
  const loaded = await loadedBy('plan', '--sandbox', '-e', 'aks', '-f', 'examples/two-phase');
  expect(loaded).toEqual(expect.arrayContaining(['@azure/identity', '@azure/arm-keyvault', '@aws-sdk/client-iam']));
  // The cluster is Azure's.
  expect(loaded).not.toContain('@aws-sdk/client-eks');
}, 60_000);
