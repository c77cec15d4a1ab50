import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openWhenFree } from '../../../src/cli/lock-wait.ts';
import type { Diagnostic } from '../../../src/engine/change.ts';
import type { Source } from '../../../src/state/cluster/source.ts';
import { localStore } from '../../../src/state/local.ts';
import { localSource } from '../../../src/state/local-source.ts';
import type { State } from '../../../src/state/store.ts';
import { begin, end } from '../../state/example.ts';
import { type LocalCase, localCase } from '../../state/local-case.ts';
import { type ClusterCase, clusterCase } from './cluster-case.ts';
import { dyingAt } from './dying.ts';

vi.setConfig({ testTimeout: 120_000 });

const timing = { beat: 200, expiry: 1_000, watch: 600 };
const to = 'Secret somewhere/lab.shop.kind';

interface Both {
  readonly local: LocalCase;
  readonly cluster: ClusterCase;
  readonly source: Source;
}

/** A local state with a record and an interrupted one, and a cluster without any. */
const withLocal = async (): Promise<Both> => {
  const [local, cluster] = [await localCase(), await clusterCase({ timing })];
  const session = await local.store().open('apply');
  await session.append(end('one'));
  await session.close();
  await local.crash([begin('two')]);
  return { local, cluster, source: localSource(local.place, to) };
};

const expected = [
  { id: ['one'], status: 'done' },
  { id: ['two'], status: 'begun' },
];

/** The state, or the code of the refusal. */
const seen = (load: Promise<State | undefined>): Promise<State | undefined | string> =>
  load.catch((error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'a bug'));

test('a local state is moved by the first run that writes, and until then it is what a plan sees', async () => {
  const { local, cluster, source } = await withLocal();
  const before = await local.store().load();
  expect(await cluster.open({ source }).load()).toEqual(before);
  expect(await cluster.stored().catch(() => '')).toBe('');
  const reported: Diagnostic[] = [];
  const session = await cluster.open({ source, report: (diagnostic) => reported.push(diagnostic) }).open('apply');
  expect(session.state).toEqual(before);
  expect(await cluster.store().load()).toEqual(before);
  await session.append(end('two'));
  await session.close();
  expect(reported.map(({ code }) => code)).toEqual(['STATE_MOVED']);
  expect(await cluster.open({ source }).load()).toMatchObject({ serial: 3, installation: before?.installation });
});

test('a state that was moved counts no more, and says where it is', async () => {
  const { local, cluster, source } = await withLocal();
  await (await cluster.open({ source }).open('apply')).close();
  const store = localStore(local.place);
  for (const refused of [store.load(), store.open('apply')]) {
    await expect(refused).rejects.toMatchObject({
      code: 'BAD_STATE',
      message: expect.stringContaining(`was moved: to ${to}, at 2`),
      detail: { next: expect.stringContaining('state: { backend: kubernetes }') },
    });
  }
  expect(JSON.parse(await readFile(join(local.home, 'moved.json'), 'utf8'))).toMatchObject({
    status: 'done',
    serial: 2,
  });
  const reported: Diagnostic[] = [];
  await (await cluster.open({ source, report: (diagnostic) => reported.push(diagnostic) }).open('apply')).close();
  expect(reported).toEqual([]);
});

test('a move that is killed anywhere leaves one truth, and the next run finishes it', async () => {
  /** A run that dies at one of its writes to the cluster, or (from 101) around one of the notes that the local state gets. */
  const dieAt = async (point: number): Promise<boolean> => {
    const { local, cluster, source } = await withLocal();
    const before = await local.store().load();
    const dying = dyingAt(cluster.objects, point, 'after');
    const notes = dyingNotes(source, point - 100, () => dying.die());
    // Without beats nothing of it goes on beside the place where it dies.
    const options = { objects: dying.objects, source: notes, timing: { ...timing, beat: 600_000 } };
    const run = cluster.open(options).open('apply');
    const outcome = await Promise.race([run.then((session) => session.close()).then(() => 'survived'), dying.dead]);
    // The lock of a process that is gone is taken over; this one lives on.
    await rm(local.lock, { force: true });
    const [here, there] = [await seen(local.store().load()), await seen(cluster.store().load())];
    const truths = [here, there].filter((state) => state !== undefined && state !== 'BAD_STATE');
    expect(truths.length, `at ${point}: ${JSON.stringify([here, there])}`).toBeLessThanOrEqual(1);
    expect(await cluster.open({ source }).load(), `at ${point}`).toEqual(before);
    const patience = { seconds: 60, stop: new AbortController().signal, say: () => {} };
    const next = await openWhenFree(cluster.open({ source }), patience, 'apply');
    expect(next.state, `at ${point}`).toEqual(before);
    await next.append(end('two'));
    await next.close();
    expect(await seen(local.store().load()), `at ${point}`).toBe('BAD_STATE');
    expect(await cluster.open({ source }).load(), `at ${point}`).toMatchObject({ serial: 3, broken: [] });
    return outcome === 'survived';
  };
  const survived = await Promise.all([1, 2, 3, 4, 5, 6, 101, 102, 103, 104].map(dieAt));
  expect(survived.filter(Boolean).length).toBeLessThan(4);
});

/** Dies at one of the notes: counted from 1, before and after each. */
const dyingNotes = (source: Source, point: number, die: () => Promise<never>): Source => {
  let passed = 0;
  const passing = async (): Promise<void> => {
    passed += 1;
    if (passed === point) await die();
  };
  const around = (note: () => Promise<void>) => async () => {
    await passing();
    await note();
    await passing();
  };
  return {
    look: () => source.look(),
    leave: (operation, work) =>
      source.leave(operation, (departure) =>
        work({ ...departure, begin: around(() => departure.begin()), finish: around(() => departure.finish()) }),
      ),
  };
};

test('two states that do not come from one another are refused, by a look as by a run, and named', async () => {
  const { local, cluster, source } = await withLocal();
  const session = await cluster.store().open('apply');
  await session.append(end('three'));
  await session.close();
  for (const refused of [cluster.open({ source }).load(), cluster.open({ source }).open('apply')]) {
    await expect(refused).rejects.toMatchObject({
      code: 'BAD_STATE',
      message: `there are two states: a local one in ${local.home}, serial 2, and one in Secret ${cluster.place.namespace}/lab.shop.kind, serial 1`,
    });
  }
  expect((await local.store().load())?.records).toMatchObject(expected);
  expect((await cluster.store().load())?.records).toMatchObject([{ id: ['three'] }]);
});

test('a local state that somebody works on is not moved', async () => {
  const { local, cluster, source } = await withLocal();
  const working = await local.store().open('apply');
  await expect(cluster.open({ source }).open('apply')).rejects.toMatchObject({ code: 'LOCKED' });
  await working.close();
  await (await cluster.open({ source }).open('apply')).close();
});

test('a local state without any record gives way to the one in the cluster', async () => {
  const { local, cluster, source } = await withLocal();
  const session = await local.store().open('destroy');
  for (const { identity } of session.state.records) await session.append({ step: 'gone', identity });
  await session.close();
  const other = await cluster.store().open('apply');
  await other.append(end('three'));
  await other.close();
  const next = await cluster.open({ source }).open('apply');
  expect(next.state.records).toMatchObject([{ id: ['three'] }]);
  await next.close();
});
