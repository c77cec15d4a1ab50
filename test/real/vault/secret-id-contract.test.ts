import { expect, onTestFinished, test } from 'vitest';
import { verify } from '../../../src/engine/verify.ts';
import { LabError } from '../../../src/errors.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { describeKind } from '../../support/kind-contract.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, planOptions, resource, worldOf } from '../../support/world.ts';
import { stranger as clusterStranger } from '../kubernetes/cluster.ts';
import { connectBoth, deliveredCase, kinds } from './secret-id.ts';
import { stranger } from './server.ts';

describeKind('vault.approle-secret-id', async () => {
  const { address, around, namespace } = deliveredCase();
  const path = `/api/v1/namespaces/${namespace}/secrets/approle`;
  return {
    connect: () => connectBoth(),
    kinds,
    example: [...around, resource(address, { ttl: '20h', renewBefore: '6h' })],
    changed: resource(address, { ttl: '10h', renewBefore: '6h' }),
    changes: ['ttl'],
    stranger: {
      add: async () => {
        await (await clusterStranger())('PATCH', path, { metadata: { labels: { team: 'ci' } } });
      },
      isThere: async () => (await (await clusterStranger())('GET', path)).metadata.labels?.['team'] === 'ci',
    },
  };
});

/** A bench with one SecretID delivered, and what a stranger sees of it. */
const delivered = async (spec: { ttl: string; renewBefore: string } = { ttl: '20h', renewBefore: '6h' }) => {
  const { address, around, mount, namespace } = deliveredCase();
  const connections = await connectBoth();
  onTestFinished(async () => {
    for (const connection of connections) await connection.close();
  });
  const bench: Bench = {
    kinds,
    connections,
    store: memoryStore(),
    desk: deskFrom({}, async (value) => secret(value)),
    name: 'secret-id',
  };
  const at = (given: { ttl: string; renewBefore: string }) => [...around, resource(address, given)];
  expect((await applyAll(bench, at(spec))).diagnostics).toEqual([]);
  const cluster = await clusterStranger();
  const path = `/api/v1/namespaces/${namespace}/secrets/approle`;
  return {
    bench,
    at,
    path,
    cluster,
    address,
    mount,
    value: async () => Buffer.from((await cluster('GET', path)).data?.['value'] ?? '', 'base64').toString(),
    accessors: async (): Promise<readonly string[]> =>
      (await stranger('GET', `auth/${mount}/role/ci/secret-id?list=true`)).body.data?.keys ?? [],
    logIn: async (value: string) => {
      const { body } = await stranger('GET', `auth/${mount}/role/ci/role-id`);
      const proof = { role_id: body.data.role_id, secret_id: value };
      return (await stranger('POST', `auth/${mount}/login`, proof, '')).status;
    },
    change: async (given: { ttl: string; renewBefore: string }) =>
      (await plan(bench, at(given))).changes.find((change) => change.address === address),
  };
};

const usual = { ttl: '20h', renewBefore: '6h' };

test('the delivered SecretID logs in, is not in plan or state, and verify proves it by that very value', async () => {
  const { bench, at, value, logIn, address } = await delivered();
  const there = await value();
  expect(await logIn(there)).toBe(200);
  const seen = JSON.stringify([await plan(bench, at(usual)), await bench.store.load()]);
  expect(seen).not.toContain(there);
  const report = await verify(await worldOf(bench, at(usual)), planOptions, () => {});
  expect(report.verified.find((one) => one.address === address)?.probes).toEqual([
    { is: 'proven', check: 'login: the delivered SecretID, with default' },
  ]);
});

test('inside renewBefore the plan says until when it lives, and nobody is blamed; then there is a new one and the old one is over', async () => {
  const { bench, at, value, accessors, logIn, change } = await delivered({ ttl: '1h', renewBefore: '30m' });
  const before = await value();
  expect((await change({ ttl: '1h', renewBefore: '30m' }))?.actions).toEqual(['none']);
  expect((await change(usual))?.fields).toMatchObject([
    { path: 'ttl', cause: 'pending' },
    { path: 'renewal', before: { known: expect.stringMatching(/^expires 20/) }, cause: 'pending' },
  ]);
  expect((await applyAll(bench, at(usual))).diagnostics).toEqual([]);
  expect(await value()).not.toBe(before);
  expect(await accessors()).toHaveLength(1);
  expect([await logIn(before), await logIn(await value())]).toEqual([400, 200]);
});

test('an accessor that somebody destroyed is named, and a new one is delivered', async () => {
  const { bench, at, accessors, mount, change, value, logIn } = await delivered();
  const [accessor] = await accessors();
  await stranger('POST', `auth/${mount}/role/ci/secret-id-accessor/destroy`, { secret_id_accessor: accessor });
  expect((await change(usual))?.fields).toMatchObject([
    { path: 'delivery', before: { known: 'unknown to Vault' }, cause: 'drift' },
  ]);
  expect((await applyAll(bench, at(usual))).diagnostics).toEqual([]);
  expect(await logIn(await value())).toBe(200);
});

test.each([
  ['missing', 'DELETE', undefined],
  ['changed by somebody else', 'PATCH', { data: { value: Buffer.from('hunter2').toString('base64') } }],
] as const)('a delivered value that is %s is named, and another one takes its place', async (said, method, body) => {
  const { bench, at, accessors, change, value, logIn, cluster, path } = await delivered();
  const before = await accessors();
  await cluster(method, path, body);
  expect((await change(usual))?.fields).toMatchObject([{ path: 'delivery', before: { known: said }, cause: 'drift' }]);
  const result = await applyAll(bench, at(usual), { adopt: at(usual).map(({ address }) => address) });
  expect(result.diagnostics).toEqual([]);
  expect(await logIn(await value())).toBe(200);
  expect(await accessors()).toHaveLength(1);
  expect(await accessors()).not.toEqual(before);
});

test.each(['before', 'after'])(
  'a run that dies %s it delivers leaves nothing that the next one does not put right',
  async (moment) => {
    const { address, around, mount } = deliveredCase();
    let dies = true;
    const connections = await connectBoth((box) => ({
      ...box,
      put: async (value, letter) => {
        if (dies && moment === 'before') throw new Error('died');
        await box.put(value, letter);
        if (dies) throw new Error('died');
      },
    }));
    onTestFinished(async () => {
      for (const connection of connections) await connection.close();
    });
    const desk = deskFrom({}, async (value) => secret(value));
    const bench: Bench = { kinds, connections, store: memoryStore(), desk };
    const accessors = async () =>
      (await stranger('GET', `auth/${mount}/role/ci/secret-id?list=true`)).body.data?.keys ?? [];
    const at = (ttl: string) => [...around, resource(address, { ttl, renewBefore: '6h' })];
    for (const ttl of ['20h', '10h']) {
      dies = true;
      await expect(applyAll(bench, at(ttl))).rejects.toThrow('died');
      const left: string[] = await accessors();
      expect(left).toHaveLength(ttl === '20h' ? 1 : 2);
      dies = false;
      expect((await applyAll(bench, at(ttl))).diagnostics).toEqual([]);
      const now: string[] = await accessors();
      expect(now).toHaveLength(1);
      // What was delivered stays, and what was not is over.
      expect(left.includes(now[0] ?? '')).toBe(moment === 'after');
      expect((await plan(bench, at(ttl))).summary).toMatchObject({ create: 0, update: 0, none: 4 });
    }
  },
);

test('what a refused delivery issued is over at once', async () => {
  const { address, around, mount } = deliveredCase();
  const connections = await connectBoth((box) => ({
    ...box,
    put: async () => {
      throw new LabError('DENIED', 'no');
    },
  }));
  onTestFinished(async () => {
    for (const connection of connections) await connection.close();
  });
  const desk = deskFrom({}, async (value) => secret(value));
  const bench: Bench = { kinds, connections, store: memoryStore(), desk };
  const result = await applyAll(bench, [...around, resource(address, usual)]);
  expect(result.diagnostics).toMatchObject([{ code: 'DENIED', address }]);
  expect((await stranger('GET', `auth/${mount}/role/ci/secret-id?list=true`)).status).toBe(404);
});

test('SecretIDs of others, and of other places, are left alone', async () => {
  const { bench, at, accessors, mount } = await delivered();
  for (const metadata of ['{}', '{"lab-delivery":"kubernetes/elsewhere/ci/approle","lab-owner":"other/prod/1"}']) {
    await stranger('POST', `auth/${mount}/role/ci/secret-id`, { metadata });
  }
  expect(await accessors()).toHaveLength(3);
  await applyAll(bench, at({ ttl: '10h', renewBefore: '6h' }));
  expect(await accessors()).toHaveLength(3);
});

test('a Secret that lab did not deliver into is refused in the plan', async () => {
  const { address, around, namespace } = deliveredCase();
  const connections = await connectBoth();
  onTestFinished(async () => {
    for (const connection of connections) await connection.close();
  });
  const desk = deskFrom({}, async (value) => secret(value));
  const bench: Bench = { kinds, connections, store: memoryStore(), desk };
  await applyAll(bench, around);
  const cluster = await clusterStranger();
  await cluster('POST', `/api/v1/namespaces/${namespace}/secrets`, { metadata: { name: 'approle' } });
  const made = await plan(bench, [...around, resource(address, usual)]);
  expect(made.diagnostics).toMatchObject([{ code: 'CONFLICT', address, message: expect.stringContaining('approle') }]);
});
