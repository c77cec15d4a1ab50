import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { KubeObject } from '../../../src/engine/ports.ts';
import { LabError } from '../../../src/errors.ts';
import { clusterSecretStore } from '../../../src/providers/external-secrets/cluster-secret-store.ts';
import { clientOver, object, ready } from './client-over.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const spec = { provider: { fake: { data: [] } } };
const good = ready('True', 'Valid', 'store validated');
const bad = ready('False', 'InvalidProviderConfig', 'unable to validate store');
const event = (reason: string, version: string, message = reason, uid = 'uid-1'): KubeObject => ({
  ...object('Event', { resourceVersion: version }),
  involvedObject: { uid },
  reason,
  message,
  lastTimestamp: `2026-01-01T00:00:0${version}Z`,
});

/** A store in a cluster whose status and events a test sets, after one write by lab. */
const written = async (before: { status: object; events: readonly KubeObject[] }) => {
  const now = { ...before, readable: true };
  const client = clientOver({
    get: async () => object('ClusterSecretStore', {}, { spec, status: now.status }),
    list: async () => {
      if (!now.readable) throw new LabError('DENIED', 'no');
      return now.events;
    },
    apply: async (applied) => applied,
  });
  const kind = clusterSecretStore.bind(client);
  const live = { exists: 'yes', spec: {}, outputs: {} } as const;
  const write = () => kind.write({ id: ['azure'], spec, live, fingerprints: {}, removed: [] });
  return { now, write, settled: () => kind.settled(['azure'], spec) };
};

test('good before and good after is done with an event that was not there before', async () => {
  const { now, write, settled } = await written({ status: good, events: [event('Valid', '1')] });
  await write();
  expect(await settled()).toMatchObject({ state: 'waiting' });
  now.events = [event('Valid', '2')];
  expect(await settled()).toEqual({ state: 'done' });
});

test('an event that says something else than the condition proves nothing', async () => {
  const { now, write, settled } = await written({ status: good, events: [event('Valid', '1')] });
  await write();
  now.events = [event('Valid', '1'), event('InvalidProviderConfig', '2')];
  expect(await settled()).toMatchObject({ state: 'waiting' });
  now.status = bad;
  expect(await settled()).toEqual({ state: 'waiting', because: 'unable to validate store: InvalidProviderConfig' });
});

test('an event about another object proves nothing', async () => {
  const { now, write, settled } = await written({ status: good, events: [] });
  await write();
  now.events = [event('Valid', '2', 'store validated', 'uid-2')];
  expect(await settled()).toMatchObject({ state: 'waiting' });
});

test('bad before and good after is done at once', async () => {
  const { now, write, settled } = await written({ status: bad, events: [] });
  await write();
  now.status = good;
  expect(await settled()).toEqual({ state: 'done' });
});

test('without a write in this run the condition counts', async () => {
  const { settled } = await written({ status: good, events: [] });
  expect(await settled()).toEqual({ state: 'done' });
});

test('where events may not be read, the condition counts after half a minute', async () => {
  const { now, write, settled } = await written({ status: good, events: [] });
  now.readable = false;
  await write();
  expect(await settled()).toMatchObject({ state: 'waiting' });
  vi.advanceTimersByTime(31_000);
  expect(await settled()).toEqual({ state: 'done' });
});

test('tells the newest cause on one line', async () => {
  const events = [
    event('InvalidProviderConfig', '2', 'Error making API request.\n\nURL: GET http://vault\n\u001b[31mCode: 404'),
    event('InvalidProviderConfig', '1', 'older'),
  ];
  const { settled } = await written({ status: bad, events: events.toReversed() });
  expect(await settled()).toEqual({
    state: 'waiting',
    because: 'unable to validate store: Error making API request. URL: GET http://vault [31mCode: 404',
  });
});
