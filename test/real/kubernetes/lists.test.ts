import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../../src/engine/provider.ts';
import type { Asked } from '../../../src/engine/resource.ts';
import type { Fields } from '../../../src/engine/value.ts';
import { connect, openWire, type Stranger, stranger, uniqueName } from './cluster.ts';

const namespace = uniqueName('lists');
const numbers = Array.from({ length: 12 }, (_, index) => index);
let connection: Connection;
let someone: Stranger;

beforeAll(async () => {
  connection = await connect();
  someone = await stranger();
  await someone('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  await Promise.all(
    numbers.map(async (index) => {
      const metadata = { name: `thing-${index}`, labels: { number: `${index}` } };
      await someone('POST', `/api/v1/namespaces/${namespace}/configmaps`, { metadata, data: { key: `${index}` } });
      await someone('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata });
    }),
  );
});
afterAll(async () => {
  await someone('DELETE', `/api/v1/namespaces/${namespace}`);
  await connection.close();
});

const named = (...before: readonly string[]): readonly Asked<Fields>[] =>
  [...numbers, 'missing'].map((number) => ({ id: [...before, namespace, `thing-${number}`], spec: {} }));

describe('what a list tells is what reading each tells', () => {
  test.each([
    ['kubernetes.config-map', named()],
    ['kubernetes.service-account', named()],
    ['kubernetes.object', named('core', 'ConfigMap')],
  ])('%s', async (name, asked) => {
    const kind = connection.kind(name);
    const alone = await Promise.all(asked.map(({ id, spec }) => kind.read(id, spec)));
    expect(alone.map(({ exists }) => exists)).toEqual([...numbers.map(() => 'yes'), 'no']);
    expect(await kind.readMany?.(asked)).toEqual(alone);
  });
});

test('objects of a namespace that only few are asked of are left to be read alone', async () => {
  const few = named().slice(0, 3);
  expect(await connection.kind('kubernetes.config-map').readMany?.(few)).toEqual([undefined, undefined, undefined]);
});

test('what is no object that lab would read is left to be refused alone, with its address', async () => {
  const secrets = named('core', 'Secret');
  const wrong = named('core', 'ConfigMap').map(({ id }) => ({ id, spec: { object: { apiVersion: 'v2' } } }));
  const told = await connection.kind('kubernetes.object').readMany?.([...secrets, ...wrong]);
  expect(told).toEqual([...secrets, ...wrong].map(() => undefined));
});

test('a list of more pages than it saves reads is given up', async () => {
  const wire = await openWire();
  const { objects } = wire;
  const crowd = uniqueName('crowd');
  await someone('POST', '/api/v1/namespaces', { metadata: { name: crowd } });
  const make = (index: number) =>
    objects.apply(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `m-${`${index}`.padStart(4, '0')}`, namespace: crowd } },
      false,
    );
  for (let from = 0; from < 510; from += 30) {
    await Promise.all(Array.from({ length: 30 }, (_, index) => make(from + index)));
  }
  const refs = Array.from({ length: 10 }, (_, index) => ({
    group: '',
    kind: 'ConfigMap',
    namespace: crowd,
    name: index === 9 ? 'm-0509' : `m-000${index}`,
  }));
  const told = await objects.lookUp(refs);
  expect(told.map((one) => one?.object?.metadata.name)).toEqual([
    ...refs.slice(0, 9).map(({ name }) => name),
    undefined,
  ]);
  expect(told[9]).toBeUndefined();
  await someone('DELETE', `/api/v1/namespaces/${crowd}`);
  await wire.close();
});
