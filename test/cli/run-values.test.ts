import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { runningDesk } from '../../src/cli/run-values.ts';
import { reveal, secret } from '../../src/secrets/secret.ts';
import { fromSource } from '../../src/secrets/source.ts';
import { connectMemory, type Memory, memoryKinds, newMemory } from '../support/memory-provider.ts';
import { memoryStore } from '../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, resource } from '../support/world.ts';

let memory: Memory;
let folder: string;
let learnt: string[];

beforeEach(async () => {
  [memory, learnt] = [newMemory(), []];
  folder = await mkdtemp(join(tmpdir(), 'lab-exec-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

/** A program of the manifest's folder that notes that it ran. */
const program = async (text: string): Promise<readonly [string]> => {
  await writeFile(join(folder, 'token.sh'), `#!/bin/sh\necho ran >> runs\n${text}\n`);
  await chmod(join(folder, 'token.sh'), 0o755);
  return ['./token.sh'];
};

const benchWith = (allowed = true): Bench => ({
  kinds: memoryKinds,
  connections: [connectMemory(memory)],
  store: memoryStore(),
  desk: runningDesk(
    deskFrom({}, async (value) => secret(value)),
    {
      allowed,
      folder,
      env: { PATH: process.env['PATH'], HOME: '/home/somebody', VAULT_TOKEN: 'of-lab' },
      signal: new AbortController().signal,
      learn: (value) => learnt.push(reveal(value)),
    },
  ),
});

const box = (name: string, command: readonly [string, ...string[]]) => {
  const source = { from: 'exec', command } as const;
  const token = fromSource({ source, onMissingSource: 'keep', onExternalChange: 'keep', at: 'lab.yaml:7:3' });
  return resource(`memory.box/${name}`, { data: { token } });
};
const held = (name: string) => memory.objects.get(`memory.box/${name}`)?.secrets['token']?.value;

test('what a program prints is written, less its last newline, and learnt; it runs once, in the folder, without a shell', async () => {
  const [path] = await program('printf "%s|%s|%s\\n" "$1" "$VAULT_TOKEN" "$HOME"');
  const wanted = [box('one', [path, '$HOME; x']), box('two', [path, '$HOME; x'])];
  const bench = benchWith();
  expect((await plan(bench, wanted)).changes[0]?.notes).toEqual(['value from the program ./token.sh $HOME; x']);
  expect(learnt).toEqual([]);
  expect((await applyAll(bench, wanted)).diagnostics).toEqual([]);
  expect([held('one'), held('two')]).toEqual(['$HOME; x||/home/somebody', '$HOME; x||/home/somebody']);
  expect(learnt).toEqual(['$HOME; x||/home/somebody']);
  await applyAll(bench, wanted);
  expect(learnt).toHaveLength(1);
});

test('without leave it is not run, and the error says what to do', async () => {
  const result = await applyAll(benchWith(false), [box('one', await program('echo value'))]);
  expect(result.diagnostics).toMatchObject([{ code: 'GUARD', address: 'memory.box/one', at: 'lab.yaml:7:3' }]);
  expect(result.diagnostics[0]?.next).toContain('--allow-exec');
  expect(learnt).toEqual([]);
  await expect(rm(join(folder, 'runs'))).rejects.toThrow('ENOENT');
});

test.each([
  ['echo half; echo hidden >&2; exit 3', 'the program ./token.sh ended with code 3'],
  ['kill -9 $$', 'the program ./token.sh was ended by SIGKILL'],
  ['printf "\\377"', 'the program ./token.sh printed what is no UTF-8 text'],
  ['head -c 70000 /dev/zero', 'the program ./token.sh printed more than 64 KB'],
  ['echo', 'the value has to be written and the program ./token.sh printed nothing'],
])('of one that fails nothing is written, and what it said is not shown: %s', async (text, said) => {
  const result = await applyAll(benchWith(), [box('one', await program(text))]);
  expect(result.diagnostics).toMatchObject([{ code: 'MISSING_SOURCE', message: said, at: 'lab.yaml:7:3' }]);
  expect(JSON.stringify(result)).not.toMatch(/hidden|half/);
  expect(held('one')).toBeUndefined();
});

test('one that is not there is named', async () => {
  const result = await applyAll(benchWith(), [box('one', ['./nothing'])]);
  expect(result.diagnostics).toMatchObject([{ message: 'the program ./nothing was not found' }]);
});
