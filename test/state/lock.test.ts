import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Diagnostic } from '../../src/engine/change.ts';
import { localStore } from '../../src/state/local.ts';
import { end } from './example.ts';
import { type LocalCase, localCase, script } from './local-case.ts';
import { type SessionProcess, startSession } from './session-process.ts';

const holder = {
  id: 'aaaa1111',
  operation: 'apply',
  who: 'somebody',
  pid: process.pid,
  host: hostname(),
  since: '2026-01-01T00:00:00.000Z',
};

// Several processes start in turn, on machines that may be busy.
vi.setConfig({ testTimeout: 120_000 });

/** A state that was once opened, with this text as its lock. */
const withLock = async (lock: unknown): Promise<LocalCase> => {
  const given = await localCase();
  await (await given.store().open('apply')).close();
  await writeFile(given.lock, typeof lock === 'string' ? lock : JSON.stringify(lock));
  return given;
};

/** Opens a store, and gives the lock back at once. */
const openOnce = async ({ place }: LocalCase): Promise<readonly Diagnostic[]> => {
  const reported: Diagnostic[] = [];
  const session = await localStore({ ...place, report: (diagnostic) => reported.push(diagnostic) }).open('apply');
  await session.close();
  return reported;
};

/** Lets processes open a state at the same moment. Returns those that got it; the others were told LOCKED. */
const race = async (given: LocalCase, count: number): Promise<readonly SessionProcess[]> => {
  const racers = Array.from({ length: count }, () =>
    startSession({ ...script(given.place), entries: [], ending: 'hold' }),
  );
  await Promise.all(racers.map((racer) => racer.said(/^ready$/)));
  for (const racer of racers) racer.go();
  const answers = await Promise.all(racers.map((racer) => racer.said(/^(open|LOCKED)/)));
  const winners = racers.filter((_, index) => answers[index] === 'open');
  const losers = racers.filter((racer) => !winners.includes(racer));
  await Promise.all(losers.map((racer) => racer.ended()));
  return winners;
};

test('of runs that start at once exactly one gets the lock, and after its death exactly one of the next', async () => {
  const given = await localCase();
  for (const round of ['free', 'left by the winner before']) {
    const winners = await race(given, 3);
    expect(winners, round).toHaveLength(1);
    await Promise.all(winners.map((winner) => winner.kill()));
  }
  expect(await openOnce(given)).toHaveLength(1);
  expect(await readdir(given.home)).toEqual([]);
});

test('of sessions that find the same stale lock exactly one takes it over', async () => {
  const given = await withLock('');
  const dead = startSession({ ...script(given.place), entries: [], ending: 'hold' });
  await dead.kill();
  for (let round = 0; round < 25; round++) {
    await writeFile(given.lock, JSON.stringify({ ...holder, pid: dead.pid }));
    const opened = await Promise.allSettled(Array.from({ length: 6 }, () => given.store().open('apply')));
    const sessions = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const refusals = opened.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(sessions).toHaveLength(1);
    expect(refusals).toEqual(refusals.map(() => expect.objectContaining({ code: 'LOCKED' })));
    await Promise.all(sessions.map((session) => session.close()));
  }
});

test('while one run takes a stale lock over, no other does', async () => {
  const given = await withLock(holder);
  const stale = JSON.stringify({ ...holder, pid: 999_999_999 });
  await writeFile(given.lock, stale);
  await writeFile(`${given.lock}.break`, JSON.stringify({ ...holder, id: 'bbbb2222' }));
  await expect(openOnce(given)).rejects.toMatchObject({ code: 'LOCKED' });
  expect(await readFile(given.lock, 'utf8')).toBe(stale);
});

test('the lock of a run of this host that has ended is taken over, and that is reported', async () => {
  const given = await localCase();
  const dead = startSession({ ...script(given.place), entries: [end('one')], ending: 'die' });
  dead.go();
  await dead.ended();
  expect(await openOnce(given)).toEqual([
    {
      severity: 'warning',
      code: 'LOCK_TAKEN_OVER',
      message: expect.stringMatching(new RegExp(`has ended .*\\(apply, pid ${dead.pid}\\) since `)),
    },
  ]);
  expect(await openOnce(given)).toEqual([]);
});

test.runIf(process.platform === 'linux')('a pid that another process has now does not keep a lock', async () => {
  const given = await localCase();
  const running = await given.store().open('apply');
  const own = JSON.parse(await readFile(given.lock, 'utf8'));
  await running.close();
  await writeFile(given.lock, JSON.stringify({ ...own, identity: { ...own.identity, start: '1' } }));
  expect(await openOnce(given)).toHaveLength(1);
});

test.runIf(process.platform === 'linux')(
  'a run that was killed and that its parent has not noticed has ended',
  async () => {
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => {
      parent.kill('SIGKILL');
    });
    const [said] = await once(parent.stdout, 'data');
    const pid = Number(String(said));
    const fields = async () => (await readFile(`/proc/${pid}/stat`, 'utf8')).split(' ');
    await vi.waitUntil(async () => (await fields())[2] === 'Z', { timeout: 20_000 });
    const identity = { namespace: await readlink('/proc/self/ns/pid'), start: (await fields())[21] };
    expect(await openOnce(await withLock({ ...holder, pid, identity }))).toHaveLength(1);
  },
);

test.runIf(process.platform === 'linux')('a pid in another container says nothing about its run', async () => {
  const identity = { namespace: 'pid:[1]', start: '1' };
  await expect(openOnce(await withLock({ ...holder, identity }))).rejects.toMatchObject({ code: 'LOCKED' });
});

test('a lock without more than a pid counts as long as there is such a process', async () => {
  await expect(openOnce(await withLock(holder))).rejects.toMatchObject({ code: 'LOCKED' });
  const dead = startSession({ ...script((await localCase()).place), entries: [], ending: 'hold' });
  await dead.kill();
  expect(await openOnce(await withLock({ ...holder, pid: dead.pid }))).toHaveLength(1);
});

test('the lock of another host is never taken over', async () => {
  const given = await withLock({ ...holder, host: 'elsewhere', pid: 999_999_999 });
  await expect(openOnce(given)).rejects.toMatchObject({
    code: 'LOCKED',
    message: `the state is locked by somebody@elsewhere (apply, pid 999999999) since ${holder.since}`,
    detail: { next: expect.stringContaining('lab state unlock aaaa1111') },
  });
});

test('a lock that cannot be read is a lock', async () => {
  for (const text of ['', '{"id":', '{"id":"x"}', 'null']) {
    const given = await withLock(text);
    await expect(openOnce(given)).rejects.toMatchObject({
      code: 'LOCKED',
      detail: { next: expect.stringContaining(given.lock) },
    });
  }
});

test('unlock takes the id of the holder and no other', async () => {
  const given = await withLock({ ...holder, host: 'elsewhere' });
  const store = localStore(given.place);
  await expect(store.unlock('bbbb2222')).rejects.toMatchObject({
    code: 'LOCKED',
    message: expect.stringContaining('somebody@elsewhere'),
  });
  expect(await readFile(given.lock, 'utf8')).toContain('aaaa1111');
  expect(await store.unlock('aaaa1111')).toMatchObject({ id: 'aaaa1111', operation: 'apply' });
  expect(await store.unlock('aaaa1111')).toBeUndefined();
  expect(await openOnce(given)).toEqual([]);
});

test('a store that was never opened has no lock to break', async () => {
  const { place } = await localCase();
  expect(await localStore(place).unlock('aaaa1111')).toBeUndefined();
});

test('closing gives back only a lock that is still its own', async () => {
  const given = await localCase();
  const session = await given.store().open('apply');
  const foreign = JSON.stringify({ ...holder, host: 'elsewhere' });
  await writeFile(given.lock, foreign);
  await session.close();
  expect(await readFile(given.lock, 'utf8')).toBe(foreign);
});

test('a run that dies while it takes a lock over does not block the next one', async () => {
  const given = await localCase();
  const dead = startSession({ ...script(given.place), entries: [], ending: 'die' });
  dead.go();
  await dead.ended();
  await writeFile(`${given.lock}.break`, await readFile(given.lock, 'utf8'));
  expect(await openOnce(given)).toHaveLength(1);
  expect(await readdir(given.home)).toEqual([]);
});
