import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { underLock } from '../../src/cli/under-lock.ts';
import { localStore } from '../../src/state/local.ts';
import type { LockingStore } from '../../src/state/store.ts';

let folder: string;
let store: LockingStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-under-lock-'));
  store = localStore({ folder, name: 'lab', environment: 'kind' });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const locking = () => ({
  store,
  operation: 'apply',
  patience: { seconds: undefined, stop: new AbortController().signal, say: () => {} },
});

const remember = (installation: string | undefined) =>
  underLock(locking(), async ({ session }) => {
    const writing = await session(installation);
    await writing.append({ step: 'system', provider: 'kubernetes', scope: '3f0c' });
    return writing.state.installation;
  });

test('a new state continues the installation that live marks show', async () => {
  expect(await remember('1a2b3c4d')).toBe('1a2b3c4d');
  expect((await store.load())?.installation).toBe('1a2b3c4d');
});

test('a new state without any marks makes an installation of its own', async () => {
  expect(await remember(undefined)).toMatch(/^[0-9a-f]{8}$/);
});

test('an existing state keeps its installation, whatever marks show', async () => {
  const first = await remember(undefined);
  const held = await underLock(locking(), async ({ state, session }) => [
    state?.installation,
    (await session('1a2b3c4d')).state.installation,
  ]);
  expect(held).toEqual([first, first]);
});

test('a state that lab has never written to counts as none, and a run that does nothing leaves it so', async () => {
  expect(await underLock(locking(), async ({ state }) => state)).toBeUndefined();
  expect(await store.load()).toBeUndefined();
});

test('the lock is held meanwhile and given back after a failure', async () => {
  const failing = underLock(locking(), async () => {
    await expect(store.open('apply')).rejects.toMatchObject({ code: 'LOCKED' });
    throw new RangeError('work failed');
  });
  await expect(failing).rejects.toThrow('work failed');
  expect(await readdir(join(folder, '.lab', 'lab', 'kind'))).not.toContain('lock');
});
