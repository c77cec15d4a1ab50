import { beforeEach, expect, test } from 'vitest';
import { askingDesk } from '../../src/cli/typed-values.ts';
import { reveal, secret } from '../../src/secrets/secret.ts';
import { fromSource, type Sourced } from '../../src/secrets/source.ts';
import { connectMemory, type Memory, memoryKinds, newMemory } from '../support/memory-provider.ts';
import { memoryStore } from '../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, resource } from '../support/world.ts';

let memory: Memory;
let asked: string[];
let lines: Buffer[];
let learnt: string[];
let bench: Bench;

const benchWith = (canAsk: boolean): Bench => ({
  kinds: memoryKinds,
  connections: [connectMemory(memory)],
  store: memoryStore(),
  desk: askingDesk(
    deskFrom({}, async (value) => secret(value)),
    {
      prompt: canAsk
        ? async (question) => {
            asked.push(question);
            return lines.shift();
          }
        : undefined,
      learn: (value) => learnt.push(reveal(value)),
    },
  ),
});

beforeEach(() => {
  memory = newMemory();
  [asked, lines, learnt] = [[], [], []];
  bench = benchWith(true);
});

const typed = (more: Partial<Sourced> = {}): Sourced =>
  fromSource({
    source: { from: 'prompt', text: 'Token of the registry' },
    onMissingSource: 'keep',
    onExternalChange: 'keep',
    at: 'lab.yaml:7:3',
    ...more,
  });
const box = (name: string, more: Partial<Sourced> = {}) =>
  resource(`memory.box/${name}`, { data: { token: typed(more) } });
const held = (name: string) => memory.objects.get(`memory.box/${name}`)?.secrets['token']?.value;

test('a plan asks for nothing, and says who will be asked', async () => {
  const { changes, diagnostics } = await plan(bench, [box('one')]);
  expect(diagnostics).toEqual([]);
  expect(changes[0]).toMatchObject({
    actions: ['create'],
    notes: ['value from somebody at the terminal, asked for "Token of the registry"'],
  });
  expect(asked).toEqual([]);
});

test('what is typed is written, learnt for redaction, and wiped; one answer serves all that ask the same', async () => {
  const line = Buffer.from('a b é');
  lines = [line];
  expect((await applyAll(bench, [box('one'), box('two')])).diagnostics).toEqual([]);
  expect(asked).toEqual(['Token of the registry (not shown; nothing to stop): ']);
  expect([held('one'), held('two')]).toEqual(['a b é', 'a b é']);
  expect(learnt).toEqual(['a b é']);
  expect(line.every((byte) => byte === 0)).toBe(true);
});

test('nobody is asked for a value that lies there, whatever it is', async () => {
  lines = [Buffer.from('first')];
  await applyAll(bench, [box('one')]);
  expect((await plan(bench, [box('one')])).summary).toMatchObject({ none: 1 });
  const stored = memory.objects.get('memory.box/one')?.secrets['token'];
  if (stored !== undefined) stored.version += 1;
  await applyAll(bench, [box('one')]);
  expect(asked).toHaveLength(1);
});

test('what somebody else changed is asked for again where it is to be overwritten', async () => {
  lines = [Buffer.from('first')];
  await applyAll(bench, [box('one')]);
  const stored = memory.objects.get('memory.box/one')?.secrets['token'];
  if (stored !== undefined) stored.version += 1;
  const later = { ...benchWith(true), store: bench.store };
  lines = [Buffer.from('second')];
  expect((await applyAll(later, [box('one', { onExternalChange: 'overwrite' })])).diagnostics).toEqual([]);
  expect(held('one')).toBe('second');
});

test.each([
  ['nobody can be asked', false, []],
  ['nothing is typed', true, [Buffer.alloc(0)]],
  ['it is broken off', true, []],
] as const)('where %s, that secret is an error at its line, and the rest is done', async (_, canAsk, typedLines) => {
  lines = [...typedLines];
  bench = benchWith(canAsk);
  const other = resource('memory.box/other', { size: 1 });
  const result = await applyAll(bench, [box('one'), other]);
  expect(result.diagnostics).toEqual([
    {
      severity: 'error',
      code: 'MISSING_SOURCE',
      message: 'the value has to be written and nobody typed "Token of the registry"',
      address: 'memory.box/one',
      at: 'lab.yaml:7:3',
      next: 'Run lab apply at a terminal, without --json, and type it there; or name another source.',
    },
  ]);
  expect([held('one'), result.done]).toEqual([undefined, ['memory.box/other']]);
});
