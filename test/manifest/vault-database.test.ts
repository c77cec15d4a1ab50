import { expect, test } from 'vitest';
import { isSourced } from '../../src/secrets/source.ts';
import { complaintsAbout, expanded, resourceAt } from './support/load.ts';

const manifest = (...lines: readonly string[]) => `apiVersion: lab/v1
name: demo
cluster: { context: c }
vault:
  address: https://v
  login: { auth: token, token: { env: T } }
  mounts:
    database:
      type: database
${lines.map((line) => `      ${line}\n`).join('')}`;

const connection = (more = '', url = 'postgresql://{{username}}:{{password}}@pg.data:5432/app') =>
  `connections: { app: { plugin: postgresql, url: "${url}", username: vault, password: { env: PG }${more} } }`;

const roles = [
  'roles:',
  `  app-rw: { connection: app, ttl: 1h, maxTtl: 4h, create: ['CREATE ROLE "{{name}}"', GRANT], revoke: DROP }`,
  'staticRoles:',
  '  reporting: { connection: app, username: reporting, rotate: 24h }',
];

test('a database mount is connections, roles and static roles, and a rotation only where it is asked for', async () => {
  const loaded = await expanded(manifest('maxLeaseTtl: 8h', connection(', rotateRoot: once'), ...roles));
  const password = expect.toSatisfy((value) => isSourced(value) && value.at.endsWith('lab.yaml:11:147'));
  expect(loaded.resources.map(({ address, spec, dependsOn }) => [address, spec, dependsOn])).toEqual([
    ['vault.mount/database', { type: 'database', maxLeaseTtl: 28_800 }, []],
    [
      'vault.database-connection/database/app',
      {
        plugin: 'postgresql-database-plugin',
        url: 'postgresql://{{username}}:{{password}}@pg.data:5432/app',
        username: 'vault',
        password,
        allowedRoles: ['app-rw', 'reporting'],
      },
      [],
    ],
    ['vault.database-root-rotation/database/app', { password }, []],
    [
      'vault.database-role/database/app-rw',
      { connection: 'app', ttl: 3600, maxTtl: 14_400, create: ['CREATE ROLE "{{name}}"', 'GRANT'], revoke: ['DROP'] },
      [],
    ],
    ['vault.database-static-role/database/reporting', { connection: 'app', username: 'reporting', rotate: 86_400 }, []],
  ]);
  const plain = await expanded(manifest(connection(', allowedRoles: ["*"]')));
  expect(plain.resources.map(({ address }) => address)).not.toContain('vault.database-root-rotation/database/app');
  expect(resourceAt(plain, 'vault.database-connection/database/app').spec['allowedRoles']).toEqual(['*']);
});

test.each([
  'postgresql://vault:secret@pg/app',
  'postgresql://{{username}}:x{{password}}@pg/app',
  '{{username}}:secret@tcp(db:3306)/',
  'host=pg user={{username}} password=secret',
  'sqlserver://{{username}}:{{password}}@db?password=secret',
])('a password in a URL is an error: %s', async (url) => {
  const [first] = await complaintsAbout(manifest(connection('', url)));
  expect(first).toContain('url must not hold the password itself; write {{password}} in its place');
  expect(first).not.toContain('secret@');
});

test.each([
  'postgresql://{{username}}:{{password}}@pg:5432/app?sslmode=disable',
  '{{username}}:{{password}}@tcp(db:3306)/',
  'host=pg user={{username}} password={{password}}',
  'postgresql://pg/app',
])('one with its place alone, or none, is none: %s', async (url) => {
  expect(await complaintsAbout(manifest(connection('', url)))).toEqual([]);
});

test('what Vault would refuse, or only find out when somebody asks for a user, is a complaint at its line', async () => {
  expect(
    await complaintsAbout(
      manifest(
        'connections: { app: { plugin: postgresql, url: x, username: u, rotateRoot: once } }',
        'roles:',
        '  a: { connection: other, create: X }',
        '  b: { connection: app, ttl: 2h, maxTtl: 1h, create: X }',
        'staticRoles:',
        '  b: { connection: app, username: u, rotate: 1h }',
        '  c: { connection: app, username: u }',
        '  d: { connection: app, username: u, schedule: "0 3 * * *", window: 10m }',
      ),
    ),
  ).toMatchInlineSnapshot(`
    [
      "lab.yaml:10:82 vault.mounts.database.connections.app.rotateRoot: needs a password that it replaces",
      "lab.yaml:12:26 vault.mounts.database.roles.a.connection: names "other", which is no connection of this mount",
      "lab.yaml:13:9 vault.mounts.database.roles.b: ttl must not be longer than maxTtl",
      "lab.yaml:15:9 vault.mounts.database.staticRoles.b: has the name of vault.mounts.database.roles.b (lab.yaml:13:9); Vault keeps both in one list",
      "lab.yaml:16:9 vault.mounts.database.staticRoles.c: must have one of rotate and schedule",
      "lab.yaml:17:9 vault.mounts.database.staticRoles.d: window must be 1h or more",
    ]
  `);
});
