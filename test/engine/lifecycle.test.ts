import { beforeEach, describe, expect, test } from 'vitest';
import { driftOf } from '../../src/engine/drift.ts';
import { reference } from '../../src/engine/value.ts';
import { LabError } from '../../src/errors.ts';
import { reveal, secret } from '../../src/secrets/secret.ts';
import { fromSource } from '../../src/secrets/source.ts';
import { standIn } from '../../src/secrets/stand-in.ts';
import { connectMemory, type Memory, memoryKinds, newMemory, tamper } from '../support/memory-provider.ts';
import { memoryStore } from '../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, resource } from '../support/world.ts';

let memory: Memory;
let store: ReturnType<typeof memoryStore>;
let env: Record<string, string>;
let bench: Bench;

beforeEach(() => {
  memory = newMemory();
  store = memoryStore();
  env = {};
  bench = {
    kinds: memoryKinds,
    connections: [connectMemory(memory)],
    store,
    desk: deskFrom(env, async (value) => secret(value)),
  };
});

const summaryOf = async (...args: Parameters<typeof plan>) => (await plan(...args)).summary;
const actionsOf = async (...args: Parameters<typeof plan>) =>
  Object.fromEntries(
    (await plan(...args)).changes.map((change) => [change.address, [...change.actions, change.standing.is].join(' ')]),
  );
const fromEnv = (name: string, more: Partial<Parameters<typeof fromSource>[0]> = {}) =>
  fromSource({
    source: { from: 'env', name },
    onMissingSource: 'keep',
    onExternalChange: 'keep',
    at: 'lab.yaml:7:3',
    ...more,
  });

describe('create, change, remove', () => {
  test('makes containers before what they hold, and the next plan is empty', async () => {
    const wanted = [resource('memory.part/one/a', { size: 1 }), resource('memory.box/one', { size: 2 })];
    await applyAll(bench, wanted);
    expect(memory.log).toEqual(['write memory.box/one', 'write memory.part/one/a']);
    expect(await summaryOf(bench, wanted)).toMatchObject({ create: 0, update: 0, none: 2 });
  });

  test('an idle apply writes nothing, neither to the server nor to state', async () => {
    const wanted = [resource('memory.box/one', { size: 2 })];
    await applyAll(bench, wanted);
    const [writes, entries] = [memory.writes, store.entries.length];
    const result = await applyAll(bench, wanted);
    expect([memory.writes, store.entries.length]).toEqual([writes, entries]);
    expect(result.unchanged).toEqual(['memory.box/one']);
  });

  test('a field that leaves the manifest goes back to its unset value', async () => {
    await applyAll(bench, [resource('memory.box/one', { size: 2, colour: 'red' })]);
    const made = await plan(bench, [resource('memory.box/one', { colour: 'red' })]);
    expect(made.changes[0]?.fields).toEqual([
      { path: 'size', before: { known: 2 }, after: { known: 0 }, cause: 'pending' },
    ]);
    await applyAll(bench, [resource('memory.box/one', { colour: 'red' })]);
    expect(await summaryOf(bench, [resource('memory.box/one', { colour: 'red' })])).toMatchObject({ update: 0 });
  });

  test('what leaves the manifest is deleted, what depended on it first', async () => {
    await applyAll(bench, [resource('memory.box/one', {}), resource('memory.part/one/a', {})]);
    memory.log.length = 0;
    await applyAll(bench, [], { allowDataLoss: true });
    expect(memory.log).toEqual(['remove memory.part/one/a', 'remove memory.box/one']);
    expect((await store.load())?.records).toEqual([]);
  });

  test('deleting what is protected needs its flag', async () => {
    await applyAll(bench, [resource('memory.box/one', {})]);
    const result = await applyAll(bench, []);
    expect(result.diagnostics).toMatchObject([{ code: 'GUARD', address: 'memory.box/one' }]);
    expect(memory.objects.has('memory.box/one')).toBe(true);
  });

  test('what cannot be taken back says so in the plan, and is done only by its exact address', async () => {
    const wanted = [resource('memory.box/one', { shape: 'pyramid' }), resource('memory.box/two', {})];
    const made = await plan(bench, wanted);
    expect(made.changes.map(({ address, irreversible }) => [address, irreversible])).toEqual([
      ['memory.box/one', 'a pyramid stands for ever'],
      ['memory.box/two', undefined],
    ]);
    const refused = await applyAll(bench, wanted, { allowIrreversible: new Set(['memory.box/two']) });
    expect(refused.diagnostics).toMatchObject([{ code: 'GUARD', address: 'memory.box/one' }]);
    expect(memory.log).toEqual(['write memory.box/two']);
    await applyAll(bench, wanted, { allowIrreversible: new Set(['memory.box/one']) });
    expect(memory.log.at(-1)).toBe('write memory.box/one');
    const idle = await plan(bench, wanted);
    expect(idle.changes.map(({ irreversible }) => irreversible)).toEqual([undefined, undefined]);
  });

  test('an immutable field makes a replacement, and what the object holds is made again', async () => {
    const wanted = (shape: string) => [
      resource('memory.box/one', { shape }),
      resource('memory.part/one/a', { size: 1 }),
    ];
    await applyAll(bench, wanted('round'));
    expect(await actionsOf(bench, wanted('square'))).toEqual({
      'memory.box/one': 'replace planned',
      'memory.part/one/a': 'create planned',
    });
    const result = await applyAll(bench, wanted('square'), { allowDataLoss: true });
    expect(result.failed).toEqual([]);
    expect(memory.objects.get('memory.box/one')?.spec).toEqual({ shape: 'square' });
  });

  test('references take the value of the other resource once it is there', async () => {
    const colour = reference([{ address: 'memory.box/one', output: 'token' }]);
    const wanted = [resource('memory.box/two', { colour }), resource('memory.box/one', {})];
    const made = await plan(bench, wanted);
    expect(made.changes.find(({ address }) => address === 'memory.box/two')?.fields[0]).toMatchObject({
      after: { unknown: 'memory.box/one#token' },
    });
    await applyAll(bench, wanted);
    expect(memory.objects.get('memory.box/two')?.spec).toEqual({ colour: 'token-of-memory.box/one' });
    expect(await summaryOf(bench, wanted)).toMatchObject({ none: 2 });
  });
});

describe('ownership', () => {
  test('an object that is there and equal is used, not owned, and never deleted', async () => {
    memory.objects.set('memory.box/one', { spec: { size: 2 }, secrets: {} });
    const wanted = [resource('memory.box/one', { size: 2 })];
    await applyAll(bench, wanted);
    expect((await store.load())?.records).toEqual([]);
    expect(await actionsOf(bench, [])).toEqual({});
  });

  test('an object that is there and differs is not touched without --adopt', async () => {
    memory.objects.set('memory.box/one', { spec: { size: 1 }, secrets: {} });
    const wanted = [resource('memory.box/one', { size: 2 })];
    const made = await plan(bench, wanted);
    expect(made.errored).toBe(true);
    expect(made.diagnostics[0]?.message).toContain('--adopt memory.box/one');
    await applyAll(bench, wanted, { adopt: ['memory.box/one'] });
    expect(memory.objects.get('memory.box/one')).toMatchObject({ spec: { size: 2 }, mark: 'test/unit/test0001' });
  });

  test('fields are contributed to somebody else’s object, and given back, not deleted', async () => {
    memory.objects.set('memory.share/one', { spec: { size: 1 }, secrets: {} });
    await applyAll(bench, [resource('memory.share/one', { colour: 'red' }, { ownership: 'contributed' })]);
    expect(memory.objects.get('memory.share/one')).toEqual({ spec: { size: 1, colour: 'red' }, secrets: {} });
    await applyAll(bench, []);
    expect(memory.log.at(-1)).toBe('release memory.share/one');
    expect(memory.objects.has('memory.share/one')).toBe(true);
  });

  test('a new address for the same object is a move', async () => {
    await applyAll(bench, [resource('memory.box/One', { size: 1 })]);
    memory.log.length = 0;
    expect(await actionsOf(bench, [resource('memory.box/one', { size: 1 })])).toEqual({
      'memory.box/one': 'move planned',
    });
    await applyAll(bench, [resource('memory.box/one', { size: 1 })]);
    expect(memory.log).toEqual([]);
    expect(await actionsOf(bench, [resource('memory.box/one', { size: 1 })])).toEqual({
      'memory.box/one': 'none planned',
    });
  });
});

describe('nothing is deleted by mistake', () => {
  const wanted = [resource('memory.box/one', { size: 1 }), resource('memory.box/two', { size: 1 })];
  beforeEach(() => applyAll(bench, wanted));

  test('when the state is lost', async () => {
    store.forget();
    expect(await summaryOf(bench, wanted.slice(0, 1))).toMatchObject({ delete: 0, none: 1 });
  });

  test('when one state record is broken: it is named, and the rest goes on', async () => {
    const state = await store.load();
    const broken = state?.records.filter(({ address }) => address === 'memory.box/two') ?? [];
    const hurt = {
      ...store,
      load: async () =>
        state && {
          ...state,
          records: state.records.filter((record) => !broken.includes(record)),
          broken: broken.map(({ identity }) => ({ identity, why: 'not JSON' })),
        },
    };
    const made = await plan({ ...bench, store: hurt }, wanted.slice(0, 1));
    expect(made.summary).toMatchObject({ delete: 0, none: 1, blocked: 0 });
    expect(made.diagnostics).toMatchObject([{ severity: 'warning', code: 'BAD_STATE' }]);
  });

  test('when another cluster answers behind the same name', async () => {
    memory.scope = 'cluster-2';
    memory.objects.clear();
    const made = await plan(bench, wanted.slice(0, 1));
    expect(made.summary).toMatchObject({ delete: 0, create: 1 });
    expect(made.diagnostics.map(({ code }) => code)).toEqual(['OTHER_SCOPE']);
  });

  test('when another environment of the manifest looks at the same objects', async () => {
    const other = { ...bench, environment: 'other', store: memoryStore() };
    expect(await summaryOf(other, [])).toMatchObject({ delete: 0 });
    expect(await actionsOf(other, [resource('memory.box/one', { size: 5 })])).toEqual({
      'memory.box/one': 'none blocked',
    });
  });

  test('when a read is refused', async () => {
    memory.failing.set('memory.box/two', new LabError('DENIED', 'not allowed to read it'));
    expect(await summaryOf(bench, wanted.slice(0, 1))).toMatchObject({ delete: 0, blocked: 1 });
  });

  test('when somebody took the mark off', async () => {
    const stored = memory.objects.get('memory.box/two');
    if (stored !== undefined) delete stored.mark;
    expect(await actionsOf(bench, wanted.slice(0, 1))).toMatchObject({ 'memory.box/two': 'forget planned' });
  });
});

describe('drift', () => {
  test('is told apart from what the manifest still asks for', async () => {
    const wanted = (size: number, colour: string) => [resource('memory.box/one', { size, colour })];
    await applyAll(bench, wanted(1, 'red'));
    tamper(memory, 'memory.box/one', { size: 9 });
    const causes = async (size: number, colour: string) =>
      Object.fromEntries(
        (await plan(bench, wanted(size, colour))).changes[0]?.fields.map((field) => [field.path, field.cause]) ?? [],
      );
    expect(await causes(1, 'red')).toEqual({ size: 'drift' });
    expect(await causes(1, 'blue')).toEqual({ size: 'drift', colour: 'pending' });
    expect(await causes(2, 'red')).toEqual({ size: 'both' });
  });

  test('an object that is gone is missing, and its return is planned', async () => {
    const wanted = [resource('memory.box/one', { size: 1 })];
    await applyAll(bench, wanted);
    memory.objects.clear();
    const report = driftOf(await plan(bench, wanted));
    expect(report.drifted.map(({ address, missing }) => ({ address, missing }))).toEqual([
      { address: 'memory.box/one', missing: true },
    ]);
    expect(report.pending).toEqual([]);
  });

  test('a server that was in service and is not is named, and what stands behind it is blind', async () => {
    const wanted = [resource('memory.box/one', { size: 1 })];
    await applyAll(bench, wanted);
    memory.gate = { state: 'shut', because: 'it is sealed' };
    const report = driftOf(await plan(bench, [...wanted, resource('memory.box/new', {})]));
    expect(report.lost).toEqual([{ provider: 'memory', because: 'it is sealed' }]);
    expect(report.blind.map(({ address }) => address)).toEqual(['memory.box/one']);
    expect(report.deferred.map(({ address }) => address)).toEqual(['memory.box/new']);
  });
});

describe('secrets', () => {
  const wanted = (more: Parameters<typeof fromEnv>[1] = {}) => [
    resource('memory.box/one', { data: { key: fromEnv('KEY', more) } }),
  ];

  test('a missing source is an error with its line while the object is absent', async () => {
    const made = await plan(bench, wanted());
    expect(made.diagnostics).toMatchObject([{ code: 'MISSING_SOURCE', at: 'lab.yaml:7:3', address: 'memory.box/one' }]);
  });

  test('a missing source is fine once the object is there', async () => {
    env['KEY'] = 'first-value';
    await applyAll(bench, wanted());
    delete env['KEY'];
    expect(await summaryOf(bench, wanted())).toMatchObject({ none: 1 });
  });

  test('a new value is an update, shown without the value', async () => {
    env['KEY'] = 'first-value';
    await applyAll(bench, wanted());
    env['KEY'] = 'second-value';
    const made = await plan(bench, wanted());
    expect(made.changes[0]?.fields).toEqual([
      { path: 'data.key', before: { secret: 'changed' }, after: { secret: 'changed' }, cause: 'pending' },
    ]);
    await applyAll(bench, wanted());
    expect(memory.objects.get('memory.box/one')?.secrets['key']?.value).toBe('second-value');
    expect(JSON.stringify([made, await store.load()])).not.toMatch(/first-value|second-value/);
  });

  test('a value that somebody else changed is reported and kept, or overwritten if the manifest says so', async () => {
    env['KEY'] = 'first-value';
    await applyAll(bench, wanted());
    const held = memory.objects.get('memory.box/one')?.secrets['key'];
    if (held === undefined) throw new Error('the secret is not there');
    Object.assign(held, { value: 'from-elsewhere', version: 7 });
    expect(await actionsOf(bench, wanted())).toEqual({ 'memory.box/one': 'none planned' });
    expect(driftOf(await plan(bench, wanted())).drifted).toHaveLength(1);
    expect(await actionsOf(bench, wanted({ onExternalChange: 'overwrite' }))).toEqual({
      'memory.box/one': 'update planned',
    });
  });

  test('a stand-in of the sandbox is not sent to a real system', async () => {
    env['KEY'] = reveal(standIn('seed', 'env KEY'));
    const result = await applyAll(bench, wanted());
    expect(result.diagnostics).toMatchObject([{ code: 'GUARD', address: 'memory.box/one' }]);
    expect(memory.writes).toBe(0);
  });

  test('a generated value is made once', async () => {
    const generated = [
      resource('memory.box/one', {
        data: { key: fromEnv('', { source: { from: 'generate', length: 20, alphabet: 'hex' } }) },
      }),
    ];
    await applyAll(bench, generated);
    expect(memory.objects.get('memory.box/one')?.secrets['key']?.value).toBe('generated-value-1');
    expect(await summaryOf(bench, generated)).toMatchObject({ none: 1 });
  });
});
