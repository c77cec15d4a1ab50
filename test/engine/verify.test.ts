import { beforeEach, expect, test } from 'vitest';
import { verify } from '../../src/engine/verify.ts';
import { LabError } from '../../src/errors.ts';
import { memoryBench } from '../support/memory-bench.ts';
import { type Memory, newMemory, tamper } from '../support/memory-provider.ts';
import { applyAll, type Bench, planOptions, resource, worldOf } from '../support/world.ts';

let memory: Memory;
let bench: Bench;

beforeEach(() => {
  memory = newMemory();
  bench = memoryBench(memory);
});

const wanted = [
  resource('memory.box/a', { size: 1 }),
  resource('memory.box/b', { size: 1 }),
  resource('memory.part/a/x', { size: 1 }),
];
const settled = { is: 'proven', check: 'in service' };
const report = async () => verify(await worldOf(bench, wanted), planOptions, () => {});

test('what stands as the manifest has it is probed; what has nothing to prove is not told', async () => {
  await applyAll(bench, wanted);
  memory.probes.set('memory.box/a', { is: 'proven', check: 'opens' });
  const [writes, { verified, unchecked }] = [memory.writes, await report()];
  expect(verified).toEqual([
    { address: 'memory.box/a', probes: [settled, { is: 'proven', check: 'opens' }] },
    { address: 'memory.box/b', probes: [settled] },
  ]);
  expect(unchecked).toEqual([]);
  expect(memory.writes).toBe(writes);
});

test('what does not settle any more has failed, with its reason', async () => {
  await applyAll(bench, wanted);
  memory.unsettled.set('memory.box/b', { state: 'failed', because: 'its door is stuck' });
  expect((await report()).verified[1]?.probes).toEqual([
    { is: 'failed', check: 'in service', expected: 'settled', found: 'its door is stuck' },
  ]);
});

test('what differs, is absent or stands behind a gate is not checked, and says so', async () => {
  await applyAll(bench, wanted);
  tamper(memory, 'memory.box/b', { size: 7 });
  expect(await report()).toMatchObject({
    verified: [{ address: 'memory.box/a' }],
    unchecked: [{ address: 'memory.box/b', because: 'it is not as the manifest has it' }],
  });
  memory.gate = { state: 'shut', because: 'memory is cold' };
  const { verified, unchecked } = await report();
  expect(verified).toEqual([]);
  expect(unchecked).toHaveLength(3);
  expect(unchecked[0]).toMatchObject({ because: 'memory is cold' });
});

test('a gate that was never open is named, for those who allow it', async () => {
  memory.gate = { state: 'shut', because: 'memory is cold' };
  expect((await report()).unchecked[0]).toEqual({
    address: 'memory.box/a',
    because: 'memory is cold',
    gate: 'memory.open',
  });
});

test('a probe that may not be made leaves the others alone', async () => {
  await applyAll(bench, wanted);
  memory.failing.set('probe memory.box/a', new LabError('DENIED', 'probing is not allowed'));
  expect((await report()).verified).toEqual([
    { address: 'memory.box/a', probes: [{ is: 'untried', check: 'probe', because: 'probing is not allowed' }] },
    { address: 'memory.box/b', probes: [settled] },
  ]);
});
