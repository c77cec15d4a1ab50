import { beforeEach, describe, expect, test } from 'vitest';
import { apply } from '../../src/engine/apply.ts';
import { compareWithSaved, readSavedPlan, savedPlanText } from '../../src/engine/saved.ts';
import { gatekeeper } from '../../src/engine/waiting.ts';
import { LabError } from '../../src/errors.ts';
import { memoryBench } from '../support/memory-bench.ts';
import { type Memory, newMemory, tamper } from '../support/memory-provider.ts';
import type { memoryStore } from '../support/memory-store.ts';
import { applyAll, plan, planOptions, resource, worldOf } from '../support/world.ts';

let memory: Memory;
let store: ReturnType<typeof memoryStore>;
let bench: ReturnType<typeof memoryBench>;

beforeEach(() => {
  memory = newMemory();
  bench = memoryBench(memory);
  store = bench.store;
});

const three = [
  resource('memory.box/a', { size: 1 }),
  resource('memory.box/b', { size: 1 }, { dependsOn: ['memory.box/a'] }),
  resource('memory.box/c', { size: 1 }),
];

describe('a failure', () => {
  test('skips what depends on it and nothing else, and names its cause once', async () => {
    memory.beforeWrite = (key) => {
      if (key === 'memory.box/a') throw new LabError('REJECTED', 'no such size');
    };
    const result = await applyAll(bench, three);
    expect(result).toMatchObject({ failed: ['memory.box/a'], skipped: ['memory.box/b'], done: ['memory.box/c'] });
    expect(result.diagnostics).toMatchObject([{ code: 'REJECTED', address: 'memory.box/a', at: 'lab.yaml:1:1' }]);
  });

  test('of a read blocks that resource and its dependents; the rest is planned', async () => {
    memory.failing.set('memory.box/a', new LabError('DENIED', 'reading memory.box/a is not allowed'));
    const made = await plan(bench, three);
    expect(made.changes.map(({ address, standing }) => [address, standing.is])).toEqual([
      ['memory.box/a', 'blocked'],
      ['memory.box/c', 'planned'],
      ['memory.box/b', 'blocked'],
    ]);
    expect(made.diagnostics).toHaveLength(1);
  });

  test('a field that the server drops is an error that names it', async () => {
    memory.afterWrite = (key) => {
      const stored = memory.objects.get(key);
      if (stored !== undefined) delete stored.spec['colour'];
    };
    const result = await applyAll(bench, [resource('memory.box/a', { size: 1, colour: 'red' })]);
    expect(result.diagnostics[0]?.message).toBe('the server did not keep what was written to colour');
  });

  test('a write that somebody overtook is read and tried again', async () => {
    let first = true;
    memory.beforeWrite = () => {
      if (first) {
        first = false;
        throw new LabError('MOVED', 'the object has changed');
      }
    };
    expect((await applyAll(bench, [resource('memory.box/a', { size: 1 })])).done).toEqual(['memory.box/a']);
  });
});

test('stopped while it waits, apply leaves what it began to the next run, and says so', async () => {
  memory.unsettled.set('memory.box/a', { state: 'waiting', because: 'its door is stuck' });
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 300);
  const stopped = await applyAll(bench, three.slice(0, 2), { signal: stop.signal });
  expect(stopped).toMatchObject({ cancelled: true, done: [], failed: [], skipped: [] });
  expect(stopped.diagnostics).toEqual([
    {
      severity: 'warning',
      code: 'CANCELLED',
      message: 'it was begun, and stopped while it waited; the next apply goes on with it',
      address: 'memory.box/a',
    },
  ]);
  memory.unsettled.clear();
  expect((await applyAll(bench, three.slice(0, 2))).done).toEqual(['memory.box/a', 'memory.box/b']);
});

describe('gates', () => {
  const shut = { state: 'shut', because: 'it is not there yet' } as const;

  test('a resource behind a shut gate is deferred, and apply without --wait ends with it deferred', async () => {
    memory.gate = shut;
    const result = await applyAll(bench, three.slice(0, 1));
    expect(result.plan).toMatchObject({ errored: false, complete: false, summary: { deferred: 1 } });
    expect(result.deferred).toEqual([{ address: 'memory.box/a', because: 'it is not there yet' }]);
  });

  test('with --wait apply goes on when the gate opens', async () => {
    memory.gate = shut;
    setTimeout(() => {
      memory.gate = { state: 'open' };
    }, 700);
    const result = await applyAll(bench, three, { wait: 30 });
    expect(result.done.toSorted()).toEqual(['memory.box/a', 'memory.box/b', 'memory.box/c']);
    expect(result.waitedMs).toBeGreaterThan(500);
  });

  test('after a failure a gate that others open is waited for no longer: they may wait for what failed', async () => {
    memory.gate = shut;
    let failed = false;
    const { signal } = new AbortController();
    const patience = { wait: 3600, hasFailed: () => failed, signal };
    const gates = gatekeeper(await worldOf(bench, three), patience, () => {});
    const waiting = gates.open('memory.open', false);
    failed = true;
    expect(await waiting).toBe('it is not there yet; not waited for after a failure');
  });

  test('what turns out to lie outside the approval stops', async () => {
    memory.gate = shut;
    memory.objects.set('memory.box/a', { spec: { size: 9 }, secrets: {}, mark: 'test/unit/test0001' });
    setTimeout(() => {
      memory.gate = { state: 'open' };
    }, 700);
    const result = await applyAll(bench, three.slice(0, 1), { wait: 30 });
    expect(result.refused).toEqual([
      { address: 'memory.box/a', because: 'it was approved to be created or used, and now it would be: update' },
    ]);
    expect(memory.writes).toBe(0);
  });

  test('one that turns out to be of a system that lab will have nothing to do with ends what stands behind it, said once', async () => {
    memory.gate = shut;
    const broken = { state: 'broken', because: 'it is another one', code: 'GUARD' } as const;
    setTimeout(() => {
      memory.gate = broken;
    }, 700);
    const apart = three.map(({ address, spec }) => resource(address, spec));
    const result = await applyAll(bench, apart, { wait: 30 });
    expect(result).toMatchObject({ failed: apart.map(({ address }) => address), deferred: [], skipped: [] });
    expect(result.diagnostics).toMatchObject([{ code: 'GUARD', message: 'it is another one' }]);
    expect(memory.writes).toBe(0);
  });

  test('a system that should be there and is not is an error, said once', async () => {
    memory.gate = { state: 'broken', because: 'no answer from memory', next: 'Start it.' };
    const made = await plan(bench, three);
    expect(made.diagnostics).toMatchObject([
      { code: 'UNREACHABLE', message: 'no answer from memory', next: 'Start it.' },
    ]);
  });
});

test('a system that is not the one that the manifest expects is refused before the first read', async () => {
  memory.failing.set('memory.box/a', new LabError('DENIED', 'was read'));
  await expect(plan({ ...bench, expects: { memory: 'cluster-9' } }, three)).rejects.toMatchObject({
    code: 'GUARD',
    message: 'memory is cluster-1, and the manifest expects cluster-9',
  });
});

describe('approval', () => {
  test('an object that moved between plan and apply is refused', async () => {
    await applyAll(bench, three);
    const wanted = [resource('memory.box/a', { size: 2 })];
    const approved = await plan(bench, wanted);
    tamper(memory, 'memory.box/a', { size: 7 });
    const session = await store.open('apply');
    const world = { ...(await worldOf(bench, wanted)), state: session.state };
    const options = {
      ...planOptions,
      wait: undefined,
      allowDataLoss: false,
      allowIrreversible: new Set<string>(),
      approve: async () => false,
      signal: new AbortController().signal,
    };
    const result = await apply(world, approved, options, session, () => {});
    expect(result.refused).toEqual([{ address: 'memory.box/a', because: 'it has changed since the plan was made' }]);
  });

  test('a saved plan narrows: what moved since is refused, the rest goes on', async () => {
    await applyAll(bench, three);
    const wanted = three.map((made) => ({ ...made, spec: { size: 2 } }));
    const saved = readSavedPlan(savedPlanText(await plan(bench, wanted)));
    tamper(memory, 'memory.box/c', { size: 7 });
    const { plan: narrowed, refused } = compareWithSaved(saved, await plan(bench, wanted));
    expect(refused).toEqual([{ address: 'memory.box/c', because: 'the live object has changed' }]);
    expect(narrowed.changes.map(({ address }) => address)).toEqual(['memory.box/a', 'memory.box/b']);
  });

  test('a saved plan of another manifest is stale', async () => {
    const saved = await plan(bench, three);
    expect(() => compareWithSaved({ ...saved, inputs: 'others' }, saved)).toThrow(
      /have changed since the plan was saved/,
    );
  });
});

describe('a crash', () => {
  const wanted = [
    resource('memory.box/a', { size: 1 }),
    resource('memory.part/a/x', { size: 1 }),
    resource('memory.box/b', { size: 1 }, { dependsOn: ['memory.part/a/x'] }),
  ];

  // Each journal entry and each write is a place to die; the memory store loses nothing that was appended.
  const places = ['before the write', 'after the write'] as const;
  test.each(wanted.flatMap(({ address }) => places.map((place) => ({ address, place }))))(
    '$place of $address leaves a state from which the next run finishes, writing nothing twice',
    async ({ address, place }) => {
      const crash = (written: string) => {
        if (written === address) throw new Error('killed');
      };
      if (place === 'before the write') memory.beforeWrite = crash;
      else memory.afterWrite = crash;
      await expect(applyAll(bench, wanted)).rejects.toThrow('killed');
      memory.beforeWrite = () => {};
      memory.afterWrite = () => {};
      const result = await applyAll(bench, wanted);
      expect(result.failed).toEqual([]);
      expect(memory.log.toSorted()).toEqual(wanted.map((made) => `write ${made.address}`).toSorted());
      expect((await store.load())?.records.map(({ status }) => status)).toEqual(['done', 'done', 'done']);
      expect((await plan(bench, wanted)).summary).toMatchObject({ none: 3 });
    },
  );
});

describe('what a resource of the same manifest would let lab do', () => {
  const grant = resource('memory.box/grant', { size: 1 });
  const granted = resource('memory.box/granted', { size: 1 }, { dependsOn: [grant.address] });
  const denied = new LabError('DENIED', 'reading is not allowed', { until: grant.address });

  test('is deferred while that is to be written, and the same apply goes on with it', async () => {
    memory.failing.set(granted.address, denied);
    memory.afterWrite = (key) => {
      if (key === grant.address) memory.failing.delete(granted.address);
    };
    const made = await plan(bench, [grant, granted]);
    expect(made.diagnostics).toEqual([]);
    expect(made.changes[1]).toMatchObject({ standing: { is: 'deferred', gate: grant.address } });
    const result = await applyAll(bench, [grant, granted]);
    expect(result).toMatchObject({ done: [grant.address, granted.address], diagnostics: [] });
  });

  test('is deferred while a run that was cut off left that to be waited for', async () => {
    memory.unsettled.set(grant.address, { state: 'failed', because: 'it is being converted' });
    await applyAll(bench, [grant]);
    memory.failing.set(granted.address, denied);
    const made = await plan(bench, [grant, granted]);
    expect(made.changes).toMatchObject([
      { actions: ['finish'] },
      { standing: { is: 'deferred', gate: grant.address } },
    ]);
    expect(made.diagnostics).toEqual([]);
  });

  test('is an error where that is there already, or did not help', async () => {
    memory.failing.set(granted.address, denied);
    const result = await applyAll(bench, [grant, granted]);
    expect(result).toMatchObject({ done: [grant.address], failed: [granted.address] });
    const made = await plan(bench, [grant, granted]);
    expect(made.diagnostics).toMatchObject([{ code: 'DENIED', address: granted.address }]);
    expect(made.changes[1]).toMatchObject({ standing: { is: 'blocked' } });
  });
});
