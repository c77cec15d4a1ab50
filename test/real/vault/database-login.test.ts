import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Resource } from '../../../src/engine/resource.ts';
import type { Fields } from '../../../src/engine/value.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { type Postgresql, startPostgresql } from '../../servers/postgresql.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, resource } from '../../support/world.ts';
import { createUser, fromEnv, mounted } from './database.ts';
import { connectFor, stranger, uniqueName } from './server.ts';

// Whether the database itself agrees with what Vault says. Its own PostgreSQL, because it is stopped at times.

let folder: string;
let database: Postgresql;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-database-'));
  database = await startPostgresql({ dir: folder });
  await database.query('create role app_rw; create table notes (text text); grant all on notes to app_rw');
  await database.query(
    "create role vault login superuser password 'first'; create role reporting login password 'old'",
  );
});
afterAll(async () => {
  await database?.stop();
  await rm(folder, { recursive: true, force: true });
});

const connectionTo = (mount: string, spec: Fields = {}): Resource =>
  resource(`vault.database-connection/${mount}/app`, {
    plugin: 'postgresql',
    url: database.url,
    username: 'vault',
    password: fromEnv('VAULT_DB'),
    allowedRoles: ['*'],
    ...spec,
  });
const roleOn = (mount: string): Resource =>
  resource(`vault.database-role/${mount}/app-rw`, {
    connection: 'app',
    ttl: '1h',
    create: [...createUser, 'GRANT app_rw TO "{{name}}"'],
    revoke: ['DROP ROLE IF EXISTS "{{name}}"'],
  });
const bench = async (): Promise<Bench> => ({
  kinds: vault.kinds,
  connections: [await connectFor()],
  store: memoryStore(),
  desk: deskFrom({ VAULT_DB: 'first' }, async (value) => secret(value)),
});
const allow = (resources: readonly Resource[]) => ({
  allowIrreversible: new Set(resources.map(({ address }) => address)),
});
const worked = { failed: [], diagnostics: [] };
const made = () => database.query("select count(*) from pg_roles where rolname like 'v-%-app-rw-%'");

describe('users that Vault makes', () => {
  test('log in and may what their role says; revoked they are gone; verify leaves none behind', async () => {
    const mount = uniqueName('db');
    const resources = [mounted(mount), connectionTo(mount), roleOn(mount)];
    const given = await bench();
    expect(await applyAll(given, resources)).toMatchObject(worked);
    const { body } = await stranger('GET', `${mount}/creds/app-rw`);
    const { username, password } = body.data;
    await database.query("insert into notes values ('written')", { username, password });
    expect(await made()).toBe('1');
    await stranger('POST', 'sys/leases/revoke', { lease_id: body.lease_id, sync: true });
    await expect(database.query('select 1', { username, password })).rejects.toThrow('authentication failed');

    const kind = given.connections[0]?.kind('vault.database-role');
    const probes = await kind?.verify([mount, 'app-rw'], { connection: 'app', create: createUser });
    expect(probes).toMatchObject([{ is: 'proven' }]);
    expect(await made()).toBe('0');
  });

  test('verify names what the database says where it refuses, and what is left where it cannot revoke', async () => {
    const mount = uniqueName('db');
    const wrong = (name: string, spec: Fields) =>
      resource(`vault.database-role/${mount}/${name}`, { connection: 'app', create: createUser, ...spec });
    const given = await bench();
    const resources = [
      mounted(mount),
      connectionTo(mount),
      wrong('grants', { create: [...createUser, 'GRANT nobody_has_this TO "{{name}}"'] }),
      wrong('stays', { revoke: ['DROP ROLE "somebody else"'] }),
    ];
    expect(await applyAll(given, resources)).toMatchObject(worked);
    const verify = (name: string) =>
      given.connections[0]
        ?.kind('vault.database-role')
        .verify([mount, name], { connection: 'app', create: createUser });
    expect(await verify('grants')).toMatchObject([
      { is: 'failed', expected: 'can be made', found: expect.stringContaining('nobody_has_this') },
    ]);
    expect(await verify('stays')).toMatchObject([
      { is: 'failed', expected: 'can be revoked', next: expect.stringContaining(`${mount}/creds/stays/`) },
    ]);
  });
});

describe('passwords that Vault changes', () => {
  test('the old ones end at once, and nothing that is written later brings them back', async () => {
    const mount = uniqueName('db');
    await database.query("alter role vault password 'first'");
    const resources = [
      mounted(mount),
      connectionTo(mount),
      resource(`vault.database-root-rotation/${mount}/app`, { password: fromEnv('VAULT_DB') }),
      resource(`vault.database-static-role/${mount}/reporting`, {
        connection: 'app',
        username: 'reporting',
        rotate: '24h',
      }),
      roleOn(mount),
    ];
    const given = await bench();
    expect(await applyAll(given, resources, allow(resources))).toMatchObject(worked);
    const asked = (username: string, password: string) => database.query('select 1', { username, password });
    await expect(asked('vault', 'first')).rejects.toThrow('authentication failed');
    await expect(asked('reporting', 'old')).rejects.toThrow('authentication failed');
    const { body } = await stranger('GET', `${mount}/static-creds/reporting`);
    expect(await asked('reporting', body.data.password)).toBe('1');

    const edited = resources.map((each) =>
      each.kind.endsWith('connection') ? connectionTo(mount, { maxOpenConnections: 3 }) : each,
    );
    expect(await applyAll(given, edited, allow(edited))).toMatchObject(worked);
    expect((await stranger('GET', `${mount}/creds/app-rw`)).status).toBe(200);
    expect((await plan(given, edited)).summary).toMatchObject({ none: edited.length });
    await stranger('POST', `sys/leases/revoke-prefix/${mount}`, { sync: true });
    await database.query("alter role vault password 'first'");
  });
});

describe('a role that goes', () => {
  test('takes its users along, and waits for a database that is down', async () => {
    const mount = uniqueName('db');
    const given = await bench();
    const resources = [mounted(mount), connectionTo(mount), roleOn(mount)];
    expect(await applyAll(given, resources)).toMatchObject(worked);
    await stranger('GET', `${mount}/creds/app-rw`);
    expect(await made()).toBe('1');
    const destroyed = { mode: 'destroy', allowDataLoss: true } as const;
    await database.down();
    const first = await applyAll(given, [], destroyed);
    await database.up();
    expect(first.failed).toEqual([`vault.database-role/${mount}/app-rw`]);
    expect(first.diagnostics).toMatchObject([
      { next: expect.stringContaining(`vault lease revoke -force -prefix ${mount}/creds/app-rw`) },
    ]);
    expect(await applyAll(given, [], destroyed)).toMatchObject(worked);
    expect(await made()).toBe('0');
  });
});

describe('a database that is down', () => {
  test('fails its connection by name; what does not need it is done, and the next run does the rest', async () => {
    const mount = uniqueName('db');
    const policy = resource(`vault.policy/${uniqueName('policy')}`, { paths: { 'secret/data/*': ['read'] } });
    const resources = [mounted(mount), connectionTo(mount), roleOn(mount), policy];
    const given = await bench();
    await database.down();
    const first = await applyAll(given, resources);
    const address = `vault.database-connection/${mount}/app`;
    expect(first).toMatchObject({ failed: [address], skipped: [`vault.database-role/${mount}/app-rw`] });
    expect(first.done).toEqual(expect.arrayContaining([`vault.mount/${mount}`, policy.address]));
    expect(first.diagnostics).toMatchObject([
      {
        code: 'REJECTED',
        address,
        message: expect.stringContaining('refused'),
        next: expect.stringContaining('Is the database up'),
      },
    ]);
    await database.up();
    expect(await applyAll(given, resources)).toMatchObject(worked);

    // What stands needs no database to be read, and none to be left alone.
    await database.down();
    const again = await plan(given, resources);
    await database.up();
    expect({ diagnostics: again.diagnostics, none: again.summary.none }).toEqual({ diagnostics: [], none: 4 });
  });
});
