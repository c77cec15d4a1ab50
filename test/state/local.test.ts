import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { localStore } from '../../src/state/local.ts';
import { describeStateStore } from './conformance.ts';
import { begin, end, recordOf } from './example.ts';
import { localCase, makeFolder, script } from './local-case.ts';
import { runSession, startSession } from './session-process.ts';

// Several processes start in turn, on machines that may be busy.
vi.setConfig({ testTimeout: 120_000 });

describeStateStore('localStore', localCase);

test('only the user can read the state, and git does not see it', async () => {
  const { place, home, state, journal, lock, store } = await localCase();
  const session = await store().open('apply');
  await session.append(end('one'));
  const modes = async (...paths: readonly string[]) =>
    Promise.all(paths.map(async (path) => ((await stat(path)).mode & 0o777).toString(8)));
  expect(await modes(journal, lock)).toEqual(['600', '600']);
  await session.close();
  expect(await modes(join(place.folder, '.lab'), join(home, '..'), home, state)).toEqual(['700', '700', '700', '600']);
  expect(await readFile(join(place.folder, '.lab', '.gitignore'), 'utf8')).toBe('*\n');
});

test('a closed session leaves the state document and nothing else', async () => {
  const { home, store } = await localCase();
  const session = await store().open('apply');
  await session.append(end('one'));
  await session.close();
  expect(await readdir(home)).toEqual(['state.json']);
});

test('the state describes itself with its serial once it is known', async () => {
  const { store } = await localCase();
  const handle = store();
  expect(handle.describe()).toBe('local');
  await handle.load();
  expect(handle.describe()).toBe('local, serial 0');
  const session = await handle.open('apply');
  await session.append(end('one'));
  await session.close();
  expect(handle.describe()).toBe('local, serial 1');
});

test('a crash between the new state document and the end of the journal plays nothing twice', async () => {
  const { journal, store } = await localCase();
  const session = await store().open('apply');
  await session.append(end('one'));
  await session.append({ step: 'gone', identity: recordOf('one').identity });
  await session.append(end('two'));
  const played = await readFile(journal, 'utf8');
  await session.close();
  const next = await store().open('apply');
  await next.append({ step: 'gone', identity: recordOf('two').identity });
  await next.close();
  await writeFile(journal, played);
  expect(await store().load()).toMatchObject({ serial: 2, records: [], broken: [] });
});

test('a kill at any moment loses nothing that was acknowledged', async () => {
  const { place, store } = await localCase();
  let before = 0;
  for (const pause of [0, 1, 3, 8, 21]) {
    const session = startSession({ ...script(place), entries: [], ending: 'repeat' });
    session.go();
    await session.said(/^appended 1$/);
    await sleep(pause);
    await session.kill();
    const state = await store().load();
    const names = new Set(state?.records.map(({ id }) => id[0]));
    const rounds = session.lines.flatMap((line) => line.match(/^appended (\d+)$/)?.[1] ?? []);
    const acknowledged = rounds.flatMap((round) => [`a${round}`, `b${round}`]);
    expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
    expect(state?.broken).toEqual([]);
    expect(state?.serial).toBeGreaterThanOrEqual(before + rounds.length);
    before = state?.serial ?? 0;
  }
});

test('a full disk ends in BAD_STATE with the way on, and keeps what was durable', async () => {
  const { place, store, journal } = await localCase();
  const entries = Array.from({ length: 40 }, (_, index) => end(`p${index}`));
  const said = await runSession({ ...script(place), entries, ending: 'close', fileLimit: 8 });
  const durable = said.filter((line) => line.startsWith('appended')).length;
  expect(durable).toBeGreaterThan(0);
  expect(durable).toBeLessThan(40);
  expect(said.at(-1)).toMatch(/^BAD_STATE cannot write .*journal\.jsonl: file too large \| .*run lab again/);
  expect((await readFile(journal, 'utf8')).endsWith('\n')).toBe(false);
  expect((await store().load())?.records).toHaveLength(durable);
  const session = await store().open('apply');
  await session.append(end('after'));
  await session.close();
  expect((await store().load())?.records).toHaveLength(durable + 1);
});

test('a folder that cannot be made is BAD_STATE with the path and the next step', async () => {
  const folder = await makeFolder();
  await writeFile(join(folder, '.lab'), '');
  const store = localStore({ folder, name: 'shop', environment: 'kind' });
  await expect(store.open('apply')).rejects.toMatchObject({
    code: 'BAD_STATE',
    message: expect.stringContaining(join(folder, '.lab')),
    detail: { next: expect.stringContaining('run lab again') },
  });
});

test('names of a manifest cannot lead out of the folder', async () => {
  const folder = await makeFolder();
  for (const name of ['..', '../x', 'a/b', '', '.hidden']) {
    expect(() => localStore({ folder, name, environment: 'kind' })).toThrow('cannot be the name');
    expect(() => localStore({ folder, name: 'shop', environment: name })).toThrow('cannot be the name');
  }
});

test('environments do not see each other', async () => {
  const { place, store } = await localCase();
  const session = await store().open('apply');
  await session.append(end('one'));
  await session.close();
  const other = localStore({ ...place, environment: 'aks' });
  expect(await other.load()).toBeUndefined();
});

test('a session whose lock was broken writes nothing any more and leaves the other its lock', async () => {
  const { place, store } = await localCase();
  const first = await store().open('apply');
  await first.append(end('one'));
  const refusal: unknown = await store()
    .open('destroy')
    .catch((error: unknown) => error);
  const id = /unlock (\w+)/.exec(JSON.stringify(refusal))?.[1] ?? '';
  await localStore(place).unlock(id);
  const second = await store().open('destroy');
  await expect(first.append(end('two'))).rejects.toMatchObject({ code: 'LOCKED' });
  await expect(first.close()).rejects.toMatchObject({ code: 'LOCKED' });
  await second.append(begin('three'));
  await second.close();
  expect((await store().load())?.records.map(({ id: parts }) => parts[0])).toEqual(['one', 'three']);
});
