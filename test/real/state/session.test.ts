import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { OwnObjects } from '../../../src/engine/ports.ts';
import { LabError } from '../../../src/errors.ts';
import { rootRef } from '../../../src/state/cluster/place.ts';
import { end } from '../../state/example.ts';
import { type ClusterCase, clusterCase, ownObjects } from './cluster-case.ts';

vi.setConfig({ testTimeout: 120_000 });

const names = async (given: ClusterCase) => (await given.store().load())?.records.map(({ id }) => id[0]) ?? [];

test('labels that somebody puts on the state, and an answer that is lost, do not disturb a session', async () => {
  const given = await clusterCase();
  // What a connection does that was cut off behind the request: it sends it again.
  const twice: OwnObjects = {
    ...given.objects,
    create: async (object) => {
      await given.objects.create(object);
      return given.objects.create(object);
    },
    replace: async (object) => {
      await given.objects.replace(object);
      return given.objects.replace(object);
    },
  };
  const session = await given.open({ objects: twice }).open('apply');
  await session.append(end('one'));
  const path = `/api/v1/namespaces/${given.place.namespace}/secrets/${rootRef(given.place).name}`;
  await given.someone('PATCH', path, { metadata: { labels: { team: 'a' } } });
  await session.append(end('two'));
  await session.close();
  expect(await names(given)).toEqual(['one', 'two']);
  expect((await given.someone('GET', path)).metadata.labels).toMatchObject({ team: 'a' });
  // It was given back in order.
  const reported: unknown[] = [];
  await (await given.open({ report: (diagnostic) => reported.push(diagnostic) }).open('apply')).close();
  expect(reported).toEqual([]);
});

test('an outage of the API server that is shorter than half a minute is sat out', async () => {
  const given = await clusterCase();
  let isDown = false;
  const shaky: OwnObjects = {
    ...given.objects,
    replace: (object) =>
      isDown ? Promise.reject(new LabError('UNREACHABLE', 'it restarts')) : given.objects.replace(object),
  };
  const session = await given.open({ objects: shaky }).open('apply');
  await session.append(end('one'));
  isDown = true;
  const appended = session.append(end('two'));
  await sleep(1_500);
  isDown = false;
  await appended;
  await session.close();
  expect(await names(given)).toEqual(['one', 'two']);
});

test('a run whose write may still be on its way does not give its lock back as if all were settled', async () => {
  const given = await clusterCase();
  let late: (() => Promise<unknown>) | undefined;
  const slow: OwnObjects = {
    ...given.objects,
    replace: async (object) => {
      if (object.kind !== 'Secret') return given.objects.replace(object);
      late = () => given.objects.replace(object);
      throw new LabError('REJECTED', 'no answer, and no second try');
    },
  };
  const first = await given.store().open('apply');
  await first.append(end('one'));
  await first.close();
  const session = await given.open({ objects: slow }).open('apply');
  await expect(session.append(end('two'))).rejects.toMatchObject({ code: 'REJECTED' });
  await session.close();
  const next = await given.store().open('apply');
  expect(await late?.()).toBeUndefined();
  await next.append(end('three'));
  await next.close();
  expect(await names(given)).toEqual(['one', 'three']);
});

test('a large state lies in several Secrets, and comes back whole', async () => {
  const given = await clusterCase();
  const session = await given.store().open('apply');
  const many = Array.from({ length: 40 }, (_, index) => `p${index}`);
  // Characters of several bytes: pieces are cut between any two bytes.
  for (const name of many) await session.append(end(name, { applied: { text: '€'.repeat(20_000) } }));
  await session.close();
  const secrets = await given.secrets();
  expect(secrets.filter(({ name }) => name.includes('.document.')).length).toBeGreaterThan(3);
  const state = await given.store().load();
  expect(state?.records.map(({ id }) => id[0])).toEqual(many);
  expect(state?.records.at(-1)?.applied).toEqual({ text: '€'.repeat(20_000) });
});

test('a connection that only reads loads the state and cannot take the lock', async () => {
  const given = await clusterCase();
  const session = await given.store().open('apply');
  await session.append(end('one'));
  await session.close();
  const looking = given.open({ objects: await ownObjects(true) });
  expect((await looking.load())?.records).toHaveLength(1);
  expect(looking.describe()).toBe(`kubernetes, namespace ${given.place.namespace}, serial 1`);
  expect(await looking.open('apply').catch((error: unknown) => error)).toMatchObject({ code: 'GUARD' });
});

test('a look while others save sees a whole state each time', async () => {
  const given = await clusterCase();
  const writer = async () => {
    for (let round = 1; round <= 15; round++) {
      const session = await given.store().open('apply');
      await Promise.all([session.append(end(`a${round}`)), session.append(end(`b${round}`))]);
      await session.close();
    }
  };
  const writing = writer().then(() => 'written' as const);
  const seen: number[] = [];
  while ((await Promise.race([writing, setImmediate('writing' as const)])) === 'writing') {
    const state = await given.store().load();
    expect(state?.broken ?? []).toEqual([]);
    seen.push(state?.records.length ?? 0);
  }
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(await names(given)).toHaveLength(30);
});
