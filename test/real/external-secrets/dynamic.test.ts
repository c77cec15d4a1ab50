import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, expect, inject, test } from 'vitest';
import { externalSecrets } from '../../../src/providers/external-secrets/index.ts';
import { kubernetes } from '../../../src/providers/kubernetes/index.ts';
import { databaseUsers } from '../../support/database-users.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, resource } from '../../support/world.ts';
import { type Stranger, stranger, uniqueName } from '../kubernetes/cluster.ts';
import { createUser } from '../vault/database.ts';
import { stranger as vaultCall } from '../vault/server.ts';
import { connectOperator } from './operator.ts';

// A Secret whose values Vault makes: a generator, and the ExternalSecret that it feeds.

const { vault, database } = inject('servers');
const namespace = uniqueName('dynamic');
const mount = uniqueName('db');
let someone: Stranger;
beforeAll(async () => {
  someone = await stranger();
  await someone('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  const token = { metadata: { name: 'token' }, stringData: { token: vault.token } };
  await someone('POST', `/api/v1/namespaces/${namespace}/secrets`, token);
  await vaultCall('POST', `sys/mounts/${mount}`, { type: 'database' });
  await vaultCall('POST', `${mount}/config/app`, {
    plugin_name: 'postgresql-database-plugin',
    connection_url: database.url,
    username: 'vault',
    password: databaseUsers.vault,
    allowed_roles: '*',
  });
  await vaultCall('POST', `${mount}/roles/app`, { db_name: 'app', default_ttl: '1h', creation_statements: createUser });
});

const generatorAt = `kubernetes.object/generators.external-secrets.io/VaultDynamicSecret/${namespace}/app`;
const secretAt = `external-secrets.external-secret/${namespace}/app`;
const given = (refresh: string, role = 'app') => [
  resource(`kubernetes.namespace/${namespace}`, {}, { ownership: 'contributed' }),
  resource(generatorAt, {
    object: {
      apiVersion: 'generators.external-secrets.io/v1alpha1',
      spec: {
        path: `${mount}/creds/${role}`,
        provider: { server: vault.address, auth: { tokenSecretRef: { name: 'token', key: 'token' } } },
      },
    },
  }),
  resource(secretAt, { refresh, generator: { kind: 'VaultDynamicSecret', name: 'app' } }),
];

const bench = async (): Promise<Bench> => ({
  kinds: [...kubernetes.kinds, ...externalSecrets.kinds],
  connections: await connectOperator(),
  store: memoryStore(),
  desk: deskFrom({}, async () => undefined),
});

const user = async (): Promise<string> => {
  const { data } = await someone('GET', `/api/v1/namespaces/${namespace}/secrets/app`);
  expect(Object.keys(data ?? {}).toSorted()).toEqual(['password', 'username']);
  return Buffer.from(data?.['username'] ?? '', 'base64').toString('utf8');
};
const leases = async (): Promise<number> =>
  (await vaultCall('GET', `sys/leases/lookup/${mount}/creds/app?list=true`)).body.data?.keys.length ?? 0;

/** External Secrets may look at a new object twice, and each look makes a user: those that there are once it is quiet. */
const users = async (): Promise<{ user: string; leases: number }> => {
  const seen = { user: await user(), leases: await leases() };
  await sleep(1_500);
  const now = { user: await user(), leases: await leases() };
  return isDeepStrictEqual(seen, now) ? now : users();
};

test('is there after apply, and neither a plan, nor another apply, nor verify makes a new one', async () => {
  const on = await bench();
  expect(await applyAll(on, given('20m'))).toMatchObject({ failed: [], diagnostics: [] });
  const before = await users();
  expect(before.user).toMatch(/^v-/);
  expect((await plan(on, given('20m'))).summary).toMatchObject({ none: 3 });
  const writes = on.connections[0]?.writes();
  await applyAll(on, given('20m'));
  expect(on.connections[0]?.writes()).toBe(writes);
  const probes = await on.connections[1]
    ?.kind('external-secrets.external-secret')
    .verify([namespace, 'app'], { generator: { kind: 'VaultDynamicSecret', name: 'app' } });
  expect(probes).toEqual([]);
  expect(await users()).toEqual(before);

  const changed = await plan(on, given('15m'));
  expect(changed.changes.flatMap(({ fields }) => fields.map(({ path }) => path))).toEqual(['refresh']);
  expect(await applyAll(on, given('15m'))).toMatchObject({ failed: [], diagnostics: [] });
});

test('one that Vault refuses fails with what Vault says', async () => {
  const on = await bench();
  const operator = on.connections[1]?.kind('external-secrets.external-secret');
  await applyAll(on, given('15m').slice(0, 2));
  await someone(
    'PATCH',
    `/apis/generators.external-secrets.io/v1alpha1/namespaces/${namespace}/vaultdynamicsecrets/app`,
    {
      spec: { path: `${mount}/creds/missing` },
    },
  );
  const spec = { refresh: 1200, generator: { kind: 'VaultDynamicSecret', name: 'app' }, name: 'refused' };
  await operator?.write({ id: [namespace, 'refused'], spec, live: { exists: 'no' }, fingerprints: {}, removed: [] });
  await expect
    .poll(() => operator?.settled([namespace, 'refused'], spec), { timeout: 20_000 })
    .toMatchObject({ because: expect.stringContaining('unknown role: missing') });
});
