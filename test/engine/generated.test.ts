import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findCycle, inOrder, withNeeds } from '../../src/engine/graph.ts';
import type { Resource } from '../../src/engine/resource.ts';
import { LabError } from '../../src/errors.ts';
import { secret } from '../../src/secrets/secret.ts';
import { connectMemory, memoryKinds, newMemory } from '../support/memory-provider.ts';
import { memoryStore } from '../support/memory-store.ts';
import { applyAll, deskFrom, plan, resource } from '../support/world.ts';

/** Random resources without cycles: each depends on some of those before it. */
const resources = fc
  .array(fc.record({ needs: fc.array(fc.nat(), { maxLength: 3 }), size: fc.integer({ min: 1, max: 3 }) }), {
    minLength: 1,
    maxLength: 15,
  })
  .map((drafts) =>
    drafts.map(({ needs, size }, index): Resource => {
      const dependsOn = index === 0 ? [] : [...new Set(needs.map((need) => `memory.box/n${need % index}`))];
      return resource(`memory.box/n${index}`, { size }, { dependsOn });
    }),
  );

const newBench = () => {
  const memory = newMemory();
  const store = memoryStore();
  const desk = deskFrom({}, async (value) => secret(value));
  return { memory, store, bench: { kinds: memoryKinds, connections: [connectMemory(memory)], store, desk } };
};

const writesInOrder = (log: readonly string[], wanted: readonly Resource[]): boolean =>
  wanted.every((made) =>
    made.dependsOn.every((need) => log.indexOf(`write ${need}`) < log.indexOf(`write ${made.address}`)),
  );

describe('generated graphs', () => {
  test('are written in order, and the plan after is empty', async () => {
    await fc.assert(
      fc.asyncProperty(resources, async (wanted) => {
        const { bench, memory } = newBench();
        await applyAll(bench, wanted);
        expect(writesInOrder(memory.log, wanted)).toBe(true);
        expect((await plan(bench, wanted)).summary).toMatchObject({ none: wanted.length });
      }),
      { numRuns: 60 },
    );
  });

  test('are destroyed in reverse order, to the last object', async () => {
    await fc.assert(
      fc.asyncProperty(resources, async (wanted) => {
        const { bench, memory, store } = newBench();
        await applyAll(bench, wanted);
        memory.log.length = 0;
        await applyAll(bench, wanted, { mode: 'destroy', allowDataLoss: true });
        const at = (address: string) => memory.log.indexOf(`remove ${address}`);
        for (const made of wanted) for (const need of made.dependsOn) expect(at(made.address)).toBeLessThan(at(need));
        expect(memory.objects.size).toBe(0);
        expect((await store.load())?.records).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('with one failure or crash anywhere lose nothing: the next run finishes and writes each object once', async () => {
    await fc.assert(
      fc.asyncProperty(resources, fc.nat(), fc.constantFrom('fails', 'dies', 'dies after'), async (wanted, at, how) => {
        const { bench, memory } = newBench();
        const victim = wanted[at % wanted.length]?.address;
        const strike = (key: string) => {
          if (key !== victim) return;
          throw how === 'fails' ? new LabError('REJECTED', 'no') : new Error('killed');
        };
        if (how === 'dies after') memory.afterWrite = strike;
        else memory.beforeWrite = strike;
        await applyAll(bench, wanted).catch(() => undefined);
        memory.beforeWrite = () => {};
        memory.afterWrite = () => {};
        const result = await applyAll(bench, wanted);
        expect(result.failed).toEqual([]);
        expect(memory.log.toSorted()).toEqual(wanted.map(({ address }) => `write ${address}`).toSorted());
      }),
      { numRuns: 80 },
    );
  });

  test('after any edit plan nothing but what the edit asks for', async () => {
    await fc.assert(
      fc.asyncProperty(resources, fc.nat(), async (wanted, at) => {
        const { bench } = newBench();
        await applyAll(bench, wanted);
        const index = at % wanted.length;
        const edited = wanted.map((made, position) => (position === index ? { ...made, spec: { size: 99 } } : made));
        const made = await plan(bench, edited);
        expect(made.summary).toMatchObject({ update: 1, create: 0, delete: 0, none: wanted.length - 1 });
      }),
      { numRuns: 40 },
    );
  });
});

describe('graph functions', () => {
  const graphs = fc
    .array(fc.array(fc.nat({ max: 11 }), { maxLength: 4 }), { maxLength: 12 })
    .map((edges) => new Map(edges.map((needs, node) => [`n${node}`, needs.map((need) => `n${need}`)])));

  test('there is an order exactly when there is no cycle, and a cycle is a real path', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const cycle = findCycle(graph);
        expect(inOrder(graph) === undefined).toBe(cycle !== undefined);
        if (cycle === undefined) return;
        expect(cycle.at(0)).toBe(cycle.at(-1));
        for (const [index, node] of cycle.slice(0, -1).entries()) expect(graph.get(node)).toContain(cycle[index + 1]);
      }),
    );
  });

  test('what a node needs is closed under needing', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const reached = withNeeds(graph, ['n0']);
        for (const node of reached)
          for (const need of graph.get(node) ?? []) if (graph.has(need)) expect(reached).toContain(need);
      }),
    );
  });

  test('a chain of 20,000 nodes is ordered without overflowing the stack', () => {
    const chain = new Map(
      Array.from({ length: 20_000 }, (_, index) => [`n${index}`, index === 0 ? [] : [`n${index - 1}`]]),
    );
    expect(findCycle(chain)).toBeUndefined();
    expect(inOrder(chain)).toHaveLength(20_000);
  });
});
