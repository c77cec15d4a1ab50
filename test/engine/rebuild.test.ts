import { beforeEach, describe, expect, test } from 'vitest';
import { rebuild } from '../../src/engine/rebuild.ts';
import type { Resource } from '../../src/engine/resource.ts';
import { LabError } from '../../src/errors.ts';
import { memoryBench } from '../support/memory-bench.ts';
import { type Memory, newMemory } from '../support/memory-provider.ts';
import { applyAll, plan, planOptions, resource, worldOf } from '../support/world.ts';

let memory: Memory;
let bench: ReturnType<typeof memoryBench>;
beforeEach(() => {
  memory = newMemory();
  bench = memoryBench(memory);
});

const boxes = [resource('memory.box/one', { size: 2 }), resource('memory.box/two', { size: 5 })];

const lostAndFound = async (resources: readonly Resource[]) => {
  bench.store.forget();
  return rebuild(await worldOf(bench, resources), planOptions, () => {});
};

describe('a state that was lost', () => {
  test('is found again by the marks, installation and all', async () => {
    await applyAll(bench, boxes);
    const before = await bench.store.load();
    const found = await lostAndFound(boxes);
    expect(found.owner.installation).toBe(before?.installation);
    expect(found.records.toSorted((a, b) => a.address.localeCompare(b.address))).toEqual(
      before?.records.toSorted((a, b) => a.address.localeCompare(b.address)),
    );
    expect(found).toMatchObject({ systems: { memory: 'cluster-1' }, foreign: [], unseen: [] });
  });

  test('holds a difference as not applied yet, never as drift', async () => {
    await applyAll(bench, boxes);
    const changed = [resource('memory.box/one', { size: 3 }), resource('memory.box/two', { size: 5 })];
    const { owner, records } = await lostAndFound(changed);
    const session = await bench.store.open('state rebuild', owner.installation);
    for (const record of records) await session.append({ step: 'end', record });
    const [one] = (await plan(bench, changed)).changes;
    expect(one).toMatchObject({ actions: ['update'], fields: [{ path: 'size', cause: 'pending' }] });
    const everything = await plan(bench, [], { mode: 'destroy' });
    expect(everything.changes.map(({ actions }) => actions)).toEqual([['delete'], ['delete']]);
  });

  test("claims neither somebody else's object nor one without a mark, and says what it did not see", async () => {
    await applyAll(bench, [...boxes, resource('memory.box/three', { size: 1 })]);
    const [one, two] = ['memory.box/one', 'memory.box/two'].map((key) => memory.objects.get(key));
    if (one === undefined || two === undefined) throw new Error('the boxes are gone');
    one.mark = 'other/unit/inst0001';
    delete two.mark;
    memory.failing.set('memory.box/three', new LabError('DENIED', 'not for you'));
    const found = await lostAndFound([...boxes, resource('memory.box/three', { size: 1 })]);
    expect(found).toMatchObject({
      records: [],
      unmarked: ['memory.box/two'],
      foreign: [{ address: 'memory.box/one', mark: 'other/unit/inst0001' }],
      unseen: [{ address: 'memory.box/three', because: 'not for you' }],
    });
  });
});
