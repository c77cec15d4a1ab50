import { expect, test } from 'vitest';
import { memoryBench } from '../support/memory-bench.ts';
import { newMemory } from '../support/memory-provider.ts';
import { applyAll, plan, resource } from '../support/world.ts';

test('what another installation took over is theirs, whatever our state says, until it is adopted', async () => {
  const memory = newMemory();
  const bench = memoryBench(memory);
  await applyAll(bench, [resource('memory.box/one', { size: 2 })]);
  const stored = memory.objects.get('memory.box/one');
  if (stored === undefined) throw new Error('the box is gone');
  stored.mark = 'test/unit/other0002';
  const wanted = [resource('memory.box/one', { size: 3 })];
  expect((await plan(bench, wanted)).changes[0]).toMatchObject({
    actions: ['none'],
    standing: { is: 'blocked', because: 'it belongs to test/unit/other0002; --adopt memory.box/one takes it over' },
  });
  expect((await plan(bench, wanted, { adopt: ['memory.box/one'] })).changes[0]).toMatchObject({
    actions: ['adopt', 'update'],
    standing: { is: 'planned' },
  });
});

test('what the manifest says is made elsewhere from now on is forgotten, not deleted', async () => {
  const memory = newMemory();
  const bench = memoryBench(memory);
  await applyAll(bench, [resource('memory.box/one', { size: 2, shape: 'round' })]);
  const theirs = [resource('memory.box/one', { size: 2 }, { ownership: 'expected' })];
  const planned = await plan(bench, theirs);
  expect(planned.diagnostics).toEqual([]);
  expect(planned.changes).toMatchObject([
    { actions: ['none'], ownership: 'expected', fields: [] },
    { actions: ['forget'], notes: ['the manifest says that it is made elsewhere; left as it is'] },
  ]);
  const destroyed = await plan(bench, theirs, { mode: 'destroy' });
  expect(destroyed.changes.map(({ actions }) => actions)).toEqual([['forget']]);
  await applyAll(bench, theirs);
  expect((await bench.store.load())?.records).toEqual([]);
  expect(memory.objects.has('memory.box/one')).toBe(true);
});
