import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyExample } from '../support/examples.ts';
import { build, lab } from './lab.ts';

let cwd: string;
const at = ['-e', 'aks', '-f', 'two-phase'];
const run = (...words: readonly string[]) => lab([...words, ...at], { cwd, env: { HOME: cwd } });
const json = async (...words: readonly string[]) => JSON.parse((await run(...words, '--json')).stdout);
const identityIsNew = 'waiting: the directory does not know eso-aks yet';

beforeAll(async () => {
  build();
  cwd = await mkdtemp(join(tmpdir(), 'lab-clouds-'));
  await copyExample('two-phase', join(cwd, 'two-phase'));
}, 120_000);
afterAll(() => rm(cwd, { recursive: true, force: true }));

/** Applies, and presses Ctrl-C once it says this. */
const stoppedAt = async (says: string) => {
  const bin = new URL('../../bin/lab.js', import.meta.url).pathname;
  const child = spawn(process.execPath, [bin, 'apply', '--sandbox', ...at], {
    cwd,
    env: { HOME: cwd },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let told = '';
  let pressed = false;
  child.stderr.on('data', (chunk: Buffer) => {
    told += chunk.toString();
    if (!pressed && told.includes(says)) pressed = child.kill('SIGINT');
  });
  const [stdout] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr: told };
};

test('the clouds of the sandbox are calm until they are told otherwise, and remember it', async () => {
  expect(await json('sandbox', 'clouds')).toMatchObject({ late: 0, throttle: 0 });
  expect(await json('sandbox', 'clouds', '--late', '1000')).toMatchObject({ late: 1000, throttle: 0 });
  expect(await json('sandbox', 'clouds', '--throttle', '7')).toMatchObject({ late: 1000, throttle: 7 });
  const shown = await run('sandbox', 'clouds');
  expect(shown.stdout).toBe(
    "The sandbox's clouds do not know what is new the first 1000 times it is asked for.\nOne in 7 calls of theirs is one too many.\n",
  );
});

test.each([
  [['--throttle', '1'], '--throttle 1 would let no call through; 0 is none too many'],
  [['--late', '-1'], 'Expected an integer greater than or equal to 0'],
])('%j is refused', async (words, says) => {
  const refused = await run('sandbox', 'clouds', ...words);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(says);
  expect(await json('sandbox', 'clouds')).toMatchObject({ late: 1000, throttle: 7 });
});

test('apply says what it waits for, waits no longer after one Ctrl-C, and goes on with what is left', async () => {
  const stopped = await stoppedAt(identityIsNew);
  expect(stopped.code).toBe(8);
  expect(stopped.stderr).toMatch(/nothing is waited for, nothing more starts\. Ctrl-C again gives up on it/);
  expect(stopped.stdout).toMatch(
    /azure\.role-assignment\/\S*eso-aks.*\n?.*it was begun, and stopped while it waited; the next apply goes on with it/,
  );
  expect(stopped.stdout).toMatch(/Stopped after /);
  const left = await json('plan', '--sandbox');
  expect(left.summary.none).toBeGreaterThan(0);
  expect(left.summary.create).toBeGreaterThan(0);

  expect((await run('sandbox', 'clouds', '--late', '3')).code).toBe(0);
  const finished = await run('apply', '--sandbox');
  expect({ code: finished.code, errors: finished.code === 0 ? '' : finished.stderr }).toEqual({ code: 0, errors: '' });
  expect((await run('plan', '--sandbox', '--detailed-exitcode')).code).toBe(0);
}, 180_000);

test('a reset makes them calm again', async () => {
  expect((await run('sandbox', 'reset')).code).toBe(0);
  expect(await json('sandbox', 'clouds')).toMatchObject({ late: 0, throttle: 0 });
});
