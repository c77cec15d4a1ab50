import { beforeAll, describe, expect, inject, test } from 'vitest';
import type { Connection } from '../../../src/engine/provider.ts';
import type { Live, Resource } from '../../../src/engine/resource.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { databaseUsers } from '../../support/database-users.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, resource } from '../../support/world.ts';
import { connectionAt, createUser, fromEnv, mounted } from './database.ts';
import { type Fate, proxyToVault } from './proxy.ts';
import { config, connectFor, context, stranger, uniqueName } from './server.ts';

const benchWith = (connection: Connection, env: Readonly<Record<string, string>> = {}): Bench => ({
  kinds: vault.kinds,
  connections: [connection],
  store: memoryStore(),
  desk: deskFrom({ VAULT_DB: databaseUsers.vault, ...env }, async (value) => secret(value)),
});
const allow = (resources: readonly Resource[]) => ({
  allowIrreversible: new Set(resources.map(({ address }) => address)),
});
const worked = { failed: [], diagnostics: [] };

describe('what somebody wrote by hand, in the words of the spec', () => {
  const mount = uniqueName('db');
  const url = inject('servers').database.url;
  const specOf = (live: Live) => (live.exists === 'yes' ? live.spec : undefined);
  beforeAll(async () => {
    await stranger('POST', `sys/mounts/${mount}`, { type: 'database' });
    await stranger('POST', `${mount}/config/app`, {
      plugin_name: 'postgresql-database-plugin',
      connection_url: url,
      username: 'vault',
      password: databaseUsers.vault,
      allowed_roles: '*',
    });
  });
  const connection = {
    plugin_name: 'postgresql-database-plugin',
    connection_url: url,
    username: 'vault',
    password: databaseUsers.vault,
    allowed_roles: 'b, a',
    verify_connection: false,
    max_open_connections: '4',
    max_connection_lifetime: '1h30m',
    root_rotation_statements: ' ALTER ROLE x ',
  };
  const rows = [
    {
      kind: 'vault.database-connection',
      path: 'config/hand',
      written: connection,
      reads: {
        plugin: 'postgresql-database-plugin',
        url,
        username: 'vault',
        password: expect.anything(),
        allowedRoles: ['a', 'b'],
        // OpenBao does not show it.
        ...(inject('servers').vault.product === 'vault' ? { verify: false } : {}),
        maxOpenConnections: 4,
        maxIdleConnections: 0,
        maxConnectionLifetime: 5400,
        usernameTemplate: '',
        passwordPolicy: '',
        rootRotation: ['ALTER ROLE x'],
      },
    },
    {
      kind: 'vault.database-connection',
      path: 'config/literal',
      written: { ...connection, connection_url: 'postgresql://u:p@db.example/d', max_open_connections: 0 },
      reads: expect.objectContaining({ url: 'postgresql://u:xxxxx@db.example/d', maxOpenConnections: 0 }),
    },
    {
      kind: 'vault.database-role',
      path: 'roles/hand',
      written: { db_name: 'app', creation_statements: 'CREATE …\n', default_ttl: '20m', max_ttl: '3600' },
      reads: {
        connection: 'app',
        ttl: 1200,
        maxTtl: 3600,
        create: ['CREATE …'],
        revoke: [],
        renew: [],
        rollback: [],
      },
    },
    {
      kind: 'vault.database-static-role',
      path: 'static-roles/turned',
      written: { db_name: 'app', username: 'billing', rotation_period: '1d' },
      reads: { connection: 'app', username: 'billing', rotate: 86_400, statements: [] },
    },
  ];
  test.each(rows)('$path $written', async ({ kind, path, written, reads }) => {
    expect((await stranger('POST', `${mount}/${path}`, written)).status).toBeLessThan(300);
    const live = await (await connectFor()).kind(kind).read([mount, path.replace(/^.*\//, '')], {});
    expect(specOf(live)).toEqual(reads);
  });

  test('a static role loses its window, and no password is changed by that', async () => {
    const at = (more: object) => ({
      id: [mount, 'turned'],
      spec: { connection: 'app', username: 'billing', schedule: '0 3 * * SAT', ...more },
      fingerprints: {},
      removed: [],
    });
    const kind = (await connectFor()).kind('vault.database-static-role');
    if (inject('servers').vault.product === 'openbao') {
      return expect(await kind.recognises([mount, 'turned'], ['schedule', 'window'])).toMatchObject({ is: 'unknown' });
    }
    const read = () => kind.read([mount, 'turned'], {});
    const rotated = async () => (await stranger('GET', `${mount}/static-roles/turned`)).body.data.last_vault_rotation;
    await kind.write({ ...at({ window: '2h' }), live: await read() });
    const before = await rotated();
    expect(specOf(await read())).toMatchObject({ window: 7200 });
    await kind.write({ ...at({ window: 0 }), live: await read() });
    expect(specOf(await read())).toMatchObject({ window: 0, schedule: '0 3 * * SAT' });
    expect(await rotated()).toBe(before);
  });
});

describe('the password of a connection', () => {
  test('has its fingerprint beside it, so that another value is an update of that field alone', async () => {
    const mount = uniqueName('db');
    const resources = [mounted(mount), connectionAt(mount, { verify: false })];
    const bench = benchWith(await connectFor());
    expect(await applyAll(bench, resources)).toMatchObject(worked);
    const moved = { ...bench, desk: benchWith(await connectFor(), { VAULT_DB: 'another' }).desk };
    const seen = await plan(moved, resources);
    expect(seen.changes.map(({ actions, fields }) => [actions, fields.map(({ path }) => path)])).toEqual([
      [['none'], []],
      [['update'], ['password']],
    ]);
    expect(await applyAll(moved, resources)).toMatchObject(worked);
    expect((await plan(moved, resources)).summary).toMatchObject({ none: 2 });
    // A cron that holds no values can tell that much, too.
    const without = { ...bench, desk: deskFrom({}, async (value) => secret(value)) };
    expect((await plan(without, resources)).summary).toMatchObject({ none: 2 });
  });

  test('stands in no URL', async () => {
    const mount = uniqueName('db');
    const resources = [mounted(mount), connectionAt(mount, { url: 'postgresql://vault:geheim@db/app' })];
    const { diagnostics } = await plan(benchWith(await connectFor()), resources);
    expect(diagnostics.map(({ message }) => message).join()).toContain('url must not hold the password itself');
    expect(JSON.stringify(diagnostics)).not.toContain('geheim');
  });
});

describe('the rotation of a root password', () => {
  const story = async (user: 'once' | 'interrupted' | 'unspoken', fate: (call: string) => Fate) => {
    const mount = uniqueName('db');
    const calls: string[] = [];
    const address = await proxyToVault((call) => {
      calls.push(call.replace(mount, 'MOUNT'));
      return fate(call);
    });
    const resources = [
      mounted(mount),
      connectionAt(mount, { username: user, password: fromEnv('ROOT') }),
      resource(`vault.database-root-rotation/${mount}/app`, { password: fromEnv('ROOT') }),
      resource(`vault.database-role/${mount}/app`, { connection: 'app', ttl: '1h', create: createUser }),
    ];
    const connection = await vault.connect(config(address), context());
    const bench = benchWith(connection, { ROOT: databaseUsers[user] });
    const rotations = () => calls.filter((call) => call === 'POST /v1/MOUNT/rotate-root/app').length;
    const works = async () => (await stranger('GET', `${mount}/creds/app`)).status;
    return { mount, resources, bench, rotations, works };
  };

  test.each([
    { user: 'interrupted', cut: 'cut before', rotations: 2 },
    { user: 'unspoken', cut: 'cut after', rotations: 1 },
  ] as const)('$cut: the next run finishes it, and no password is lost', async ({ user, cut, rotations }) => {
    let cuts = 0;
    const told = await story(user, (call) => (call.includes('/rotate-root/') && cuts++ === 0 ? cut : 'pass'));
    const { bench, resources } = told;
    const first = await applyAll(bench, resources, allow(resources));
    expect(first.failed).toEqual([`vault.database-root-rotation/${told.mount}/app`]);
    expect(first.done).toContain(`vault.database-role/${told.mount}/app`);

    const bare = { ...bench, desk: deskFrom({}, async (value) => secret(value)) };
    const blind = await applyAll(bare, resources, allow(resources));
    expect(blind.diagnostics).toMatchObject([{ code: 'MISSING_SOURCE' }]);

    expect(await applyAll(bench, resources, allow(resources))).toMatchObject(worked);
    expect(told.rotations()).toBe(rotations);
    expect(await told.works()).toBe(200);
    expect((await stranger('GET', `${told.mount}/config?list=true`)).body.data.keys).toEqual(['app']);
    const writes = bench.connections[0]?.writes();
    const again = await applyAll(bench, resources, allow(resources));
    expect({ plan: again.plan.summary.none, writes: again.writes }).toEqual({ plan: 4, writes });
  });

  test('is a one-way step that needs leave, and is not done again when the manifest takes it up anew', async () => {
    const told = await story('once', () => 'pass');
    const { bench, resources } = told;
    const address = `vault.database-root-rotation/${told.mount}/app`;
    const rotation = async () => (await plan(bench, resources)).changes.find((change) => change.address === address);
    expect((await rotation())?.irreversible).toContain('a password that only Vault knows');
    expect((await applyAll(bench, resources)).failed).toEqual([address]);
    expect(told.rotations()).toBe(0);
    expect(await applyAll(bench, resources, allow(resources))).toMatchObject(worked);
    const without = resources.filter((candidate) => candidate.address !== address);
    expect(await applyAll(bench, without)).toMatchObject(worked);
    // The manifest's password is known to be of no use any more, and is not sent.
    const edited = without.map((candidate) =>
      candidate.kind === 'vault.database-connection'
        ? { ...candidate, spec: { ...candidate.spec, maxOpenConnections: 3 } }
        : candidate,
    );
    expect(await applyAll(bench, edited)).toMatchObject(worked);
    expect((await rotation())?.irreversible).toBeUndefined();
    expect(await applyAll(bench, resources)).toMatchObject(worked);
    expect(told.rotations()).toBe(1);
    expect(await told.works()).toBe(200);
  });
});

describe('verify of a role', () => {
  test('mints a credential, revokes it and finds it gone; a role that cannot mint says why', async () => {
    const mount = uniqueName('db');
    const at = (name: string, spec: object) =>
      resource(`vault.database-role/${mount}/${name}`, { connection: 'app', ...spec });
    const resources = [
      mounted(mount),
      connectionAt(mount),
      at('good', { ttl: '1h', create: createUser }),
      at('bad', { connection: 'missing', create: createUser }),
    ];
    const connection = await connectFor();
    expect(await applyAll(benchWith(connection), resources)).toMatchObject(worked);
    const probe = (name: string, spec: object) =>
      connection.kind('vault.database-role').verify([mount, name], { ...spec, create: createUser });
    expect(await probe('good', { connection: 'app' })).toEqual([
      { is: 'proven', check: 'credential: made for 3600 s, revoked, gone' },
    ]);
    expect((await stranger('GET', `sys/leases/lookup/${mount}?list=true`)).status).toBe(404);
    expect(await probe('bad', { connection: 'missing' })).toMatchObject([
      { is: 'failed', check: 'credential', found: expect.stringContaining('connection with name: "missing"') },
    ]);
  });

  test('is nothing for a client that only reads', async () => {
    const reading = await connectFor(context({}, true));
    await expect(
      reading.kind('vault.database-role').verify(['db', 'x'], { connection: 'app', create: 'x' }),
    ).rejects.toMatchObject({ code: 'GUARD' });
  });
});

describe('what goes', () => {
  test('is counted and named beforehand; leases end first, then role, connection and mount', async () => {
    const mount = uniqueName('db');
    const [kv, pki] = [uniqueName('kv'), uniqueName('pki')];
    const calls: string[] = [];
    const address = await proxyToVault((call) => {
      calls.push(call.replaceAll(mount, 'MOUNT'));
      return 'pass';
    });
    const resources = [
      mounted(mount),
      connectionAt(mount),
      resource(`vault.database-role/${mount}/app`, { connection: 'app', ttl: '1h', create: createUser }),
      resource(`vault.mount/${kv}`, { type: 'kv-v2' }),
      resource(`vault.mount/${pki}`, { type: 'pki' }),
    ];
    const bench = benchWith(await vault.connect(config(address), context()));
    expect(await applyAll(bench, resources)).toMatchObject(worked);
    await stranger('GET', `${mount}/creds/app`);
    await stranger('GET', `${mount}/creds/app`);
    await stranger('POST', `${kv}/data/a/b`, { data: { x: '1' } });
    await stranger('POST', `${pki}/root/generate/internal`, { common_name: 'root', key_type: 'ec' });

    const seen = await plan(bench, [], { mode: 'destroy' });
    expect(new Map(seen.changes.map(({ address: at, protect }) => [at, protect]))).toEqual(
      new Map([
        [`vault.mount/${mount}`, expect.stringMatching(/destroyed with it: 1 connection, 1 role, 2 leases$/)],
        [`vault.database-role/${mount}/app`, expect.stringMatching(/end at once: 2 leases$/)],
        [`vault.database-connection/${mount}/app`, expect.stringMatching(/nobody but this connection knows it$/)],
        [`vault.mount/${kv}`, expect.stringMatching(/destroyed with it: 1 key or folder at its top$/)],
        [`vault.mount/${pki}`, expect.stringMatching(/destroyed with it: 1 private key, 1 issuer, 1 certificate$/)],
      ]),
    );
    const refused = await applyAll(bench, [], { mode: 'destroy' });
    expect(refused.done).toEqual([]);

    const ended = await applyAll(bench, [], { mode: 'destroy', allowDataLoss: true });
    expect(ended).toMatchObject({ failed: [], diagnostics: [] });
    expect(calls.filter((call) => /^(DELETE|POST .*revoke-prefix)/.test(call) && call.includes('MOUNT'))).toEqual([
      'POST /v1/sys/leases/revoke-prefix/MOUNT/creds/app',
      'DELETE /v1/MOUNT/roles/app',
      'DELETE /v1/MOUNT/config/app',
      'POST /v1/sys/leases/revoke-prefix/MOUNT',
      'DELETE /v1/sys/mounts/MOUNT',
    ]);
    expect((await stranger('GET', `sys/leases/lookup/${mount}?list=true`)).status).toBe(404);
  });
});
