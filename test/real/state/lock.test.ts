import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { openWhenFree } from '../../../src/cli/lock-wait.ts';
import type { Diagnostic } from '../../../src/engine/change.ts';
import type { OwnObjects } from '../../../src/engine/ports.ts';
import { newLease, withHolder } from '../../../src/state/cluster/lease-object.ts';
import { leaseRef } from '../../../src/state/cluster/place.ts';
import { begin, end } from '../../state/example.ts';
import { type SessionProcess, startSession } from '../../state/session-process.ts';
import { type ClusterCase, clusterCase } from './cluster-case.ts';

vi.setConfig({ testTimeout: 120_000 });

const brisk = { beat: 200, expiry: 1_000, watch: 600 };
const owner = { name: 'shop', environment: 'kind' };

const holder = {
  id: 'aaaa1111',
  operation: 'apply',
  who: 'somebody',
  pid: 7,
  host: 'elsewhere',
  since: '2026-01-01T00:00:00.000Z',
  run: 'https://ci.example.com/run/9',
};

const leasePath = ({ place }: ClusterCase) =>
  `/apis/coordination.k8s.io/v1/namespaces/${place.namespace}/leases/${leaseRef(place).name}`;

/** A state that another machine's run holds, which renewed its lock at this time. */
const heldElsewhere = async (renewTime: Date): Promise<ClusterCase> => {
  const given = await clusterCase({ timing: brisk });
  await (await given.store().open('apply')).close();
  await given.someone('DELETE', leasePath(given));
  const lease = withHolder(newLease(given.place), holder, 4, brisk.expiry);
  await given.objects.create(lease);
  await renew(given, renewTime);
  return given;
};

const renew = (given: ClusterCase, time: Date) =>
  given.someone('PATCH', leasePath(given), { spec: { renewTime: time.toISOString().replace('Z', '000Z') } });

const openOnce = async (given: ClusterCase): Promise<readonly Diagnostic[]> => {
  const reported: Diagnostic[] = [];
  await (await given.open({ report: (diagnostic) => reported.push(diagnostic) }).open('apply')).close();
  return reported;
};

const refusalOf = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

const idIn = (refusal: unknown): string => /unlock (\w+)/.exec(JSON.stringify(refusal))?.[1] ?? '';

const names = async (given: ClusterCase) => (await given.store().load())?.records.map(({ id }) => id[0]) ?? [];

test('of runs that start at once exactly one gets the lock, and after its death exactly one of the next', async () => {
  const given = await clusterCase();
  const race = async (): Promise<readonly SessionProcess[]> => {
    const racers = [1, 2, 3].map(() => startSession({ where: given.where, ...owner, entries: [], ending: 'hold' }));
    await Promise.all(racers.map((racer) => racer.said(/^ready$/)));
    for (const racer of racers) racer.go();
    const answers = await Promise.all(racers.map((racer) => racer.said(/^(open|LOCKED)/)));
    const winners = racers.filter((_, index) => answers[index] === 'open');
    await Promise.all(racers.filter((racer) => !winners.includes(racer)).map((racer) => racer.ended()));
    return winners;
  };
  for (const round of ['free', 'left by the winner before']) {
    const winners = await race();
    expect(winners, round).toHaveLength(1);
    await Promise.all(winners.map((winner) => winner.kill()));
  }
  // A run of this machine that has ended needs no waiting.
  expect(await openOnce(given)).toMatchObject([
    { code: 'LOCK_TAKEN_OVER', message: expect.stringContaining('has ended') },
  ]);
});

test('a run that slept so long that another one took its lock writes nothing any more and says who has it', async () => {
  const given = await clusterCase({ timing: brisk });
  const sleeper = startSession({ where: given.where, ...owner, entries: [begin('one')], ending: 'on' });
  sleeper.go();
  await sleeper.said(/^appended 0$/);
  sleeper.sleep();
  const patience = { seconds: 60, stop: new AbortController().signal, say: () => {} };
  const next = await openWhenFree(given.open(), patience, 'destroy');
  expect(next.state.records).toMatchObject([{ id: ['one'], status: 'begun' }]);
  sleeper.wake();
  sleeper.go();
  await sleeper.ended();
  expect(sleeper.lines.at(-1)).toMatch(
    new RegExp(`^LOCKED the lock of this run was taken away .* held by .+@.+ \\(destroy, pid ${process.pid}\\) since `),
  );
  await next.append(end('two'));
  await next.close();
  expect(await names(given)).toEqual(['one', 'two']);
});

test('a run that slept and that nobody took the lock from goes on', async () => {
  const given = await clusterCase({ timing: brisk });
  const sleeper = startSession({ where: given.where, ...owner, entries: [end('one')], ending: 'on' });
  sleeper.go();
  await sleeper.said(/^appended 0$/);
  sleeper.sleep();
  await sleep(2 * brisk.expiry);
  sleeper.wake();
  sleeper.go();
  await sleeper.said(/^closed$/);
  await sleeper.ended();
  expect(await names(given)).toEqual(['one', 'on']);
});

test('not even the write that is on its way counts once another run has the lock', async () => {
  const given = await clusterCase({ timing: { ...brisk, beat: 600_000, expiry: 1_000 } });
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let held = false;
  const objects: OwnObjects = {
    ...given.objects,
    replace: async (object) => {
      if (held && object.kind === 'Secret') {
        reached.resolve();
        await released.promise;
      }
      return given.objects.replace(object);
    },
  };
  const slow = await given.open({ objects }).open('apply');
  await slow.append(begin('one'));
  held = true;
  const late = refusalOf(slow.append(end('one')));
  await reached.promise;
  await sleep(2 * brisk.expiry);
  const next = await given.open().open('destroy');
  released.resolve();
  expect(await late).toMatchObject({ code: 'LOCKED', message: expect.stringContaining('(destroy, pid ') });
  expect(await refusalOf(slow.close())).toMatchObject({ code: 'LOCKED' });
  await next.append(end('two'));
  await next.close();
  expect((await given.store().load())?.records).toMatchObject([{ status: 'begun' }, { id: ['two'] }]);
});

test("another machine's lock counts while it is renewed, and says where its run can be looked at", async () => {
  const given = await heldElsewhere(new Date());
  expect(await refusalOf(given.store().open('apply'))).toMatchObject({
    code: 'LOCKED',
    message: `the state is locked by somebody@elsewhere (apply, pid 7, ${holder.run}) since ${holder.since}`,
    detail: { next: expect.stringMatching(/lab state unlock aaaa1111$/) },
  });
});

test("another machine's lock that is not renewed is taken over, and that is reported", async () => {
  const given = await heldElsewhere(new Date(Date.now() - 60_000));
  expect(await openOnce(given)).toMatchObject([
    { code: 'LOCK_TAKEN_OVER', message: expect.stringMatching(/has not been heard of since .*somebody@elsewhere/) },
  ]);
});

test('a lock whose holder has a clock of the past is not taken over while it is renewed', async () => {
  const past = (more: number) => new Date(Date.now() - 3_600_000 + more);
  const given = await heldElsewhere(past(0));
  const beating = setInterval(() => void renew(given, past(Math.random() * 1_000)), brisk.beat);
  const refusal = await refusalOf(given.store().open('apply'));
  clearInterval(beating);
  expect(refusal).toMatchObject({ code: 'LOCKED' });
});

test('who waits for the lock gets it once it is given back, and is told for whom it waits', async () => {
  const given = await clusterCase();
  const first = await given.store().open('apply');
  const told: string[] = [];
  const patience = { seconds: 60, stop: new AbortController().signal, say: (line: string) => told.push(line) };
  const waiting = openWhenFree(given.store(), patience, 'destroy');
  await vi.waitUntil(() => told.length > 0, { timeout: 20_000 });
  await first.append(end('one'));
  await first.close();
  const second = await waiting;
  expect(second.state.records).toHaveLength(1);
  await second.close();
  expect(told).toEqual([expect.stringMatching(/^Waiting: the state is locked by .*\(apply, pid \d+\) since/)]);
});

test('who waits too long for the lock is told who holds it, and a stopped one is cancelled', async () => {
  const given = await clusterCase();
  const first = await given.store().open('apply');
  const stop = new AbortController();
  const patience = { stop: stop.signal, say: () => {} };
  const late = openWhenFree(given.store(), { ...patience, seconds: 1 }, 'destroy');
  expect(await refusalOf(late)).toMatchObject({ code: 'LOCKED' });
  const stopped = openWhenFree(given.store(), { ...patience, seconds: 60 }, 'destroy');
  setTimeout(() => stop.abort(), 300);
  expect(await refusalOf(stopped)).toMatchObject({ code: 'CANCELLED' });
  await first.close();
});

test('unlock takes the id of the holder and no other, and the run that held it writes nothing any more', async () => {
  const given = await clusterCase();
  const first = await given.store().open('apply');
  await first.append(end('one'));
  const id = idIn(await refusalOf(given.store().open('destroy')));
  expect(await refusalOf(given.open().unlock('bbbb2222'))).toMatchObject({ code: 'LOCKED' });
  expect(await given.open().unlock(id)).toMatchObject({ id, operation: 'apply' });
  expect(await given.open().unlock(id)).toBeUndefined();
  expect(await refusalOf(first.append(end('two')))).toMatchObject({ code: 'LOCKED' });
  expect(await refusalOf(first.close())).toMatchObject({ code: 'LOCKED' });
  expect(await openOnce(given)).toEqual([]);
  expect(await names(given)).toEqual(['one']);
});

test('a state that was never opened has no lock to break', async () => {
  const given = await clusterCase();
  expect(await given.open().unlock('aaaa1111')).toBeUndefined();
});

test('a Lease that somebody deletes takes the lock away', async () => {
  const given = await clusterCase({ timing: brisk });
  const first = await given.store().open('apply');
  await first.append(end('one'));
  await given.someone('DELETE', leasePath(given));
  await vi.waitUntil(
    () =>
      first.append(end('one')).then(
        () => false,
        () => true,
      ),
    { timeout: 20_000, interval: 50 },
  );
  const second = await given.store().open('destroy');
  expect(await refusalOf(first.close())).toMatchObject({ code: 'LOCKED' });
  await second.append(end('two'));
  await second.close();
  expect(await names(given)).toEqual(['one', 'two']);
});

test('a Lease whose holder somebody wiped is still a lock', async () => {
  const given = await clusterCase();
  const first = await given.store().open('apply');
  const annotations = { 'k8s-lab.dev/holder': null };
  await given.someone('PATCH', leasePath(given), { metadata: { annotations } });
  expect(await refusalOf(given.store().open('destroy'))).toMatchObject({
    code: 'LOCKED',
    detail: { next: expect.stringMatching(/lab state unlock [0-9a-f]{8}$/) },
  });
  await first.close();
});

test('kubectl shows who holds the lock', async () => {
  const given = await clusterCase();
  const session = await given.store().open('apply');
  const { spec } = await given.someone('GET', leasePath(given));
  expect(spec).toMatchObject({
    holderIdentity: expect.stringMatching(/^.+@.+ apply [0-9a-f]{8}$/),
    leaseDurationSeconds: 30,
    leaseTransitions: 1,
    renewTime: expect.stringMatching(/^2/),
  });
  await session.close();
  expect((await given.someone('GET', leasePath(given))).spec).toEqual({ leaseTransitions: 1 });
});
