import { beforeEach, describe, expect, test } from 'vitest';
import { deskOverStores } from '../../src/cli/store-sources.ts';
import { LabError } from '../../src/errors.ts';
import { secret } from '../../src/secrets/secret.ts';
import { fromSource, type Sourced } from '../../src/secrets/source.ts';
import { connectMemory, type Memory, memoryKinds, newMemory } from '../support/memory-provider.ts';
import { memoryStore } from '../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, resource } from '../support/world.ts';

let memory: Memory;
let env: Record<string, string>;
let learnt: string[];
let bench: Bench;

beforeEach(() => {
  memory = newMemory();
  env = { PASSWORD: 'first' };
  learnt = [];
  const connection = connectMemory(memory);
  bench = {
    kinds: memoryKinds,
    connections: [connection],
    store: memoryStore(),
    desk: deskOverStores(
      deskFrom(env, async (value) => secret(value)),
      {
        kinds: new Map(memoryKinds.map((kind) => [kind.kind, kind])),
        connect: async () => connection,
        learn: () => learnt.push('a value'),
      },
    ),
  };
});

const policies = { onMissingSource: 'keep', onExternalChange: 'keep' } as const;
const fromStore = (more: Partial<Sourced> = {}): Sourced =>
  fromSource({
    source: { from: 'store', named: 'boxes/admin#password', address: 'memory.box/Admin', property: 'password' },
    at: 'lab.yaml:7:3',
    ...policies,
    ...more,
  });
const writer = () =>
  resource('memory.box/admin', {
    data: { password: fromSource({ source: { from: 'env', name: 'PASSWORD' }, at: 'lab.yaml:2:1', ...policies }) },
  });
const taker = (more: Partial<Sourced> = {}) => resource('memory.box/app', { data: { copy: fromStore(more) } });
const lies = (value: string): void => {
  const held = { value, version: 1, markedVersion: 0 };
  memory.objects.set('memory.box/admin', { spec: {}, secrets: { password: held } });
};
const copied = () => memory.objects.get('memory.box/app')?.secrets['copy']?.value;
const actions = async (wanted: Parameters<typeof plan>[1]) => {
  const { changes } = await plan(bench, wanted);
  return Object.fromEntries(changes.map((change) => [change.address, change.actions.join(' ')]));
};

describe('a value that lies in a store already', () => {
  test('is written, learnt for redaction, and then in sync', async () => {
    lies('of somebody');
    expect((await applyAll(bench, [taker()])).diagnostics).toEqual([]);
    expect(copied()).toBe('of somebody');
    expect(learnt).not.toEqual([]);
    expect(await actions([taker()])).toEqual({ 'memory.box/app': 'none' });
  });

  test('is an update once somebody changes it', async () => {
    lies('of somebody');
    await applyAll(bench, [taker()]);
    lies('of somebody else');
    const { changes } = await plan(bench, [taker()]);
    expect(changes[0]).toMatchObject({ actions: ['update'], fields: [{ path: 'data.copy', cause: 'pending' }] });
    expect(changes[0]?.notes).toEqual(['value from store boxes/admin#password']);
    await applyAll(bench, [taker()]);
    expect(copied()).toBe('of somebody else');
  });

  test('need not be there any more, unless the manifest enforces it', async () => {
    lies('of somebody');
    await applyAll(bench, [taker()]);
    memory.objects.delete('memory.box/admin');
    expect(await actions([taker()])).toEqual({ 'memory.box/app': 'none' });
    const { diagnostics } = await plan(bench, [taker({ onMissingSource: 'enforce' })]);
    expect(diagnostics).toMatchObject([{ code: 'MISSING_SOURCE', at: 'lab.yaml:7:3' }]);
  });
});

test('where nothing lies in the store and nobody writes it, the plan is an error at the line that names it', async () => {
  const { diagnostics } = await plan(bench, [taker()]);
  expect(diagnostics).toEqual([
    {
      severity: 'error',
      code: 'MISSING_SOURCE',
      message: 'the value has to be written and nothing lies in boxes/admin#password',
      address: 'memory.box/app',
      at: 'lab.yaml:7:3',
      next: 'Put the value there and run again.',
    },
  ]);
});

test('a store that refuses is an error at the line that names it', async () => {
  lies('of somebody');
  memory.failing.set('value memory.box/admin', new LabError('DENIED', 'the store says no'));
  const { diagnostics } = await plan(bench, [taker()]);
  expect(diagnostics).toMatchObject([
    { code: 'DENIED', message: 'the store says no', address: 'memory.box/app', at: 'lab.yaml:7:3' },
  ]);
});

describe('a value that the same manifest writes', () => {
  test('comes first, whatever the order in the manifest, and one apply does both', async () => {
    expect((await plan(bench, [taker(), writer()])).diagnostics).toEqual([]);
    expect((await applyAll(bench, [taker(), writer()])).diagnostics).toEqual([]);
    expect(memory.log).toEqual(['write memory.box/admin', 'write memory.box/app']);
    expect(copied()).toBe('first');
    expect(await actions([taker(), writer()])).toEqual({ 'memory.box/admin': 'none', 'memory.box/app': 'none' });
  });

  test('is passed on in the same apply when it changes, and then in sync', async () => {
    await applyAll(bench, [taker(), writer()]);
    env['PASSWORD'] = 'second';
    expect(await actions([taker(), writer()])).toEqual({ 'memory.box/admin': 'update', 'memory.box/app': 'update' });
    await applyAll(bench, [taker(), writer()]);
    expect(copied()).toBe('second');
    expect(await actions([taker(), writer()])).toEqual({ 'memory.box/admin': 'none', 'memory.box/app': 'none' });
  });

  test('is not written anywhere where its own write fails', async () => {
    memory.beforeWrite = (key) => {
      if (key === 'memory.box/admin') throw new LabError('REJECTED', 'no room');
    };
    await applyAll(bench, [taker(), writer()]);
    expect(copied()).toBeUndefined();
  });
});
