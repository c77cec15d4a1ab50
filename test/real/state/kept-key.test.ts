import { beforeEach, expect, test, vi } from 'vitest';
import type { OwnObjects } from '../../../src/engine/ports.ts';
import { newKey } from '../../../src/secrets/fingerprint-key.ts';
import { reveal, type Secret } from '../../../src/secrets/secret.ts';
import { type KeyPlace, keyInCluster } from '../../../src/state/cluster/kept-key.ts';
import { stranger, uniqueName } from '../kubernetes/cluster.ts';
import { ownObjects } from './cluster-case.ts';
import { dyingAt } from './dying.ts';

vi.setConfig({ testTimeout: 120_000 });

let objects: OwnObjects;
let place: KeyPlace;

beforeEach(async () => {
  objects = await ownObjects();
  place = { namespace: uniqueName('keys'), name: 'fingerprints' };
});

const text = (key: Secret | undefined): string => (key === undefined ? 'none' : reveal(key));

test('a key is made once, with its namespace, and nobody can change it', async () => {
  expect(await keyInCluster(objects, place).read()).toBeUndefined();
  const key = newKey();
  expect(text(await keyInCluster(objects, place).keep(key))).toBe(text(key));
  expect(text(await keyInCluster(objects, place).read())).toBe(text(key));
  expect(text(await keyInCluster(objects, place).keep(newKey()))).toBe(text(key));
  const someone = await stranger();
  const path = `/api/v1/namespaces/${place.namespace}/secrets/${place.name}`;
  await expect(someone('PATCH', path, { data: { key: 'AAAA' } })).rejects.toThrow(/immutable/);
});

test('of runs that make it at once one does, and all others read that key', async () => {
  const kept = await Promise.all(
    Array.from({ length: 8 }, async () => keyInCluster(await ownObjects(), place).keep(newKey())),
  );
  expect(new Set(kept.map(text))).toEqual(new Set([text(await keyInCluster(objects, place).read())]));
});

test.each(['before', 'after'] as const)(
  'a run that dies %s one of its writes leaves a whole key or none',
  async (moment) => {
    for (const write of [1, 2, 3]) {
      place = { namespace: uniqueName('keys'), name: 'fingerprints' };
      const dying = dyingAt(objects, write, moment);
      const first = newKey();
      await Promise.race([keyInCluster(dying.objects, place).keep(first), dying.dead]);
      const left = await keyInCluster(objects, place).read();
      expect(['none', text(first)]).toContain(text(left));
      const next = newKey();
      const kept = text(await keyInCluster(objects, place).keep(next));
      expect(kept).toBe(text(left ?? next));
    }
  },
);

test('a Secret of somebody else, or one that holds no key, is refused and left as it is', async () => {
  const someone = await stranger();
  await someone('POST', '/api/v1/namespaces', { metadata: { name: place.namespace } });
  const path = `/api/v1/namespaces/${place.namespace}/secrets`;
  const data = { key: Buffer.from('of somebody else').toString('base64') };
  for (const [name, type] of [
    ['opaque', 'Opaque'],
    ['state', 'k8s-lab.dev/state'],
  ]) {
    const there = { ...place, name: name ?? '' };
    await someone('POST', path, { metadata: { name }, type, data });
    await expect(keyInCluster(objects, there).read()).rejects.toMatchObject({ code: 'BAD_STATE' });
    await expect(keyInCluster(objects, there).keep(newKey())).rejects.toMatchObject({ code: 'BAD_STATE' });
    expect((await someone('GET', `${path}/${name}`)).data).toEqual(data);
  }
});
