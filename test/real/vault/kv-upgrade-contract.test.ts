import { expect, onTestFinished, test } from 'vitest';
import { vault } from '../../../src/providers/vault/index.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, resource } from '../../support/world.ts';
import { connect, stranger, uniqueName } from './server.ts';

const bench = async (): Promise<Bench> => {
  const connection = await connect();
  onTestFinished(() => connection.close());
  const desk = deskFrom({}, async (value) => secret(value));
  return { kinds: vault.kinds, connections: [connection], store: memoryStore(), desk };
};

const mountOf = (path: string, type: string) => resource(`vault.mount/${path}`, { type, description: 'the secrets' });

/** A mount of version 1 of lab's own, with some secrets in it. */
const old = async () => {
  const [given, path] = [await bench(), uniqueName('kv')];
  expect((await applyAll(given, [mountOf(path, 'kv-v1')])).diagnostics).toEqual([]);
  for (let number = 0; number < 40; number++)
    await stranger('POST', `${path}/app/db-${number}`, { user: `u${number}` });
  return { given, path, address: `vault.mount/${path}` };
};

test('version 1 becomes version 2 in place, where its address says so, and every value is kept', async () => {
  const { given, path, address } = await old();
  const wanted = [mountOf(path, 'kv-v2'), resource(`vault.kv-config/${path}`, { maxVersions: 5 })];
  const [change] = (await plan(given, wanted)).changes;
  expect(change).toMatchObject({
    actions: ['update'],
    fields: [{ path: 'type', before: { known: 'kv' }, after: { known: 'kv-v2' } }],
    irreversible: expect.stringContaining('Vault has no way back'),
  });
  expect((await applyAll(given, wanted)).diagnostics).toMatchObject([{ code: 'GUARD', address }]);
  expect((await stranger('GET', `${path}/app/db-1`)).body.data).toEqual({ user: 'u1' });

  const result = await applyAll(given, wanted, { allowIrreversible: new Set([address]) });
  expect(result).toMatchObject({ diagnostics: [], failed: [] });
  for (const number of [0, 17, 39]) {
    const { body } = await stranger('GET', `${path}/data/app/db-${number}`);
    expect(body.data).toMatchObject({ data: { user: `u${number}` }, metadata: { version: 1 } });
  }
  expect((await stranger('GET', `${path}/metadata/app?list=true`)).body.data.keys).toHaveLength(40);
  expect((await plan(given, wanted)).summary).toMatchObject({ update: 0, none: 2 });
  expect(await applyAll(given, wanted)).toMatchObject({ done: [], diagnostics: [] });
});

test('version 2 does not become version 1', async () => {
  const [given, path] = [await bench(), uniqueName('kv')];
  await applyAll(given, [mountOf(path, 'kv-v2')]);
  await stranger('POST', `${path}/data/app`, { data: { user: 'u' } });
  const options = { allowDataLoss: true, allowIrreversible: new Set([`vault.mount/${path}`]) };
  const result = await applyAll(given, [mountOf(path, 'kv-v1')], options);
  expect(result.diagnostics).toMatchObject([
    { code: 'REJECTED', message: expect.stringContaining('Vault does not go back to version 1') },
  ]);
  expect((await stranger('GET', `${path}/data/app`)).body.data.data).toEqual({ user: 'u' });
});

test('a mount of version 1 that becomes another engine is still replaced, and that loses data', async () => {
  const { given, path, address } = await old();
  expect((await plan(given, [mountOf(path, 'transit')])).changes[0]).toMatchObject({ actions: ['replace'] });
  expect((await applyAll(given, [mountOf(path, 'transit')])).diagnostics).toMatchObject([{ code: 'GUARD', address }]);
});
