import { databaseUsers } from '../../../support/database-users.ts';
import { type Request, read, remove, type Scenario, write } from './scenario.ts';

const connection = {
  plugin_name: 'postgresql-database-plugin',
  connection_url: 'postgresql://{{username}}:{{password}}@db.example:5432/app',
  username: 'app',
  password: 'written-only',
  allowed_roles: ['*'],
  // No database is needed to see what is read back.
  verify_connection: false,
};

const connected = (mount: string, more: object = {}): readonly Request[] => [
  write(`sys/mounts/${mount}`, { type: 'database' }),
  write(`${mount}/config/pg`, { ...connection, ...more }),
];

const creation = 'CREATE ROLE "{{name}}" LOGIN PASSWORD \'{{password}}\';\n';

const user = (username: keyof typeof databaseUsers) => ({ username, password: databaseUsers[username] });

/** A connection to a database that is there. */
const served = (mount: string, more: object = {}): readonly Request[] => [
  write(`sys/mounts/${mount}`, { type: 'database' }),
  write(`${mount}/config/pg`, {
    plugin_name: 'postgresql-database-plugin',
    connection_url: '{database}',
    ...user('vault'),
    allowed_roles: 'app, odd',
    ...more,
  }),
];

const credentials = (path: string): Request => ({
  ...read(path),
  keep: { user: ['data', 'username'], word: ['data', 'password'], lease: ['lease_id'] },
});

const onLease = (verb: string, more: object = {}): Request =>
  write(`sys/leases/${verb}`, { lease_id: '{lease}', ...more });

/** Database connections and roles. */
export const databases = {
  'database-literal-url': [
    ...connected('db-literal', { connection_url: 'postgresql://u:p@db.example:5432/d' }),
    read('db-literal/config/pg'),
  ],
  'database-root-rotation': [
    ...connected('db-rotation', { root_rotation_statements: ['ALTER ROLE x'] }),
    read('db-rotation/config/pg'),
  ],
  'database-connection-limit': [...connected('db-limit', { max_open_connections: '4' }), read('db-limit/config/pg')],
  'database-role-statements': [
    ...connected('db-statements'),
    write('db-statements/roles/r', { db_name: 'pg', creation_statements: creation }),
    read('db-statements/roles/r'),
  ],
  'database-role-revocation': [
    ...connected('db-revocation'),
    write('db-revocation/roles/r', { db_name: 'pg', creation_statements: [creation] }),
    read('db-revocation/roles/r'),
  ],
  'database-connection': [
    ...served('db-connection', { lab_note: 'kept', max_open_connections: 3 }),
    read('db-connection/config/pg'),
    write('db-connection/config/pg', { allowed_roles: [], max_connection_lifetime: '90s', lab_note: '' }),
    read('db-connection/config/pg'),
    read('db-connection/config?list=true'),
    write('db-connection/config/pg', { plugin_name: 'no-such-plugin' }),
    write('db-connection/config/other', { connection_url: '{database}' }),
    write('db-connection/config/odd name', { plugin_name: 'postgresql-database-plugin' }),
    write('db-connection/config/other', { plugin_name: 'postgresql-database-plugin' }),
    remove('db-connection/config/pg'),
    remove('db-connection/config/pg'),
    read('db-connection/config/pg'),
    read('db-connection/config?list=true'),
  ],
  'database-role': [
    ...served('db-role'),
    write('db-role/roles/app', { db_name: 'pg', creation_statements: [creation], default_ttl: '1h', max_ttl: 7200 }),
    write('db-role/roles/app', { max_ttl: '3h', revocation_statements: [' DROP ROLE "{{name}}" ', ''] }),
    read('db-role/roles/app'),
    write('db-role/roles/none', { creation_statements: [creation] }),
    write('db-role/roles/odd', { db_name: 'pg', credential_type: 'odd' }),
    write('db-role/static-roles/app', { db_name: 'pg', username: 'recorded', rotation_period: '1h' }),
    read('db-role/roles?list=true'),
    remove('db-role/roles/app'),
    remove('db-role/roles/app'),
    read('db-role/roles/app'),
    read('db-role/roles?list=true'),
  ],
  'database-credentials': [
    ...served('db-creds'),
    write('db-creds/roles/app', { db_name: 'pg', creation_statements: [creation], default_ttl: '1h', max_ttl: '2h' }),
    credentials('db-creds/creds/app'),
    onLease('lookup'),
    onLease('renew', { increment: 600 }),
    onLease('lookup'),
    onLease('revoke', { sync: true }),
    onLease('lookup'),
    onLease('revoke', { sync: true }),
    onLease('renew'),
    write('sys/leases/lookup', {}),
    read('db-creds/creds/missing'),
    write('db-creds/roles/shut', { db_name: 'pg', creation_statements: [creation] }),
    read('db-creds/creds/shut'),
    write('db-creds/roles/odd', { db_name: 'missing', creation_statements: [creation] }),
    read('db-creds/creds/odd'),
    write('db-creds/roles/odd', { db_name: 'pg', creation_statements: [] }),
    read('db-creds/creds/odd'),
    write('db-creds/creds/app', {}),
  ],
  'database-leases': [
    ...served('db-leases'),
    write('db-leases/roles/app', { db_name: 'pg', creation_statements: [creation], default_ttl: '1h' }),
    read('sys/leases/lookup/db-leases?list=true'),
    credentials('db-leases/creds/app'),
    read('sys/leases/lookup/db-leases?list=true'),
    read('sys/leases/lookup/db-leases/creds?list=true'),
    {
      ...read('sys/leases/lookup/db-leases/creds/app?list=true'),
      keep: { one: ['data', 'keys', 0] },
    },
    write('sys/leases/revoke-prefix/db-leases', { sync: true }),
    read('sys/leases/lookup/db-leases/creds/app?list=true'),
    credentials('db-leases/creds/app'),
    remove('sys/mounts/db-leases'),
    onLease('lookup'),
  ],
  'database-static-role': [
    ...served('db-static', { allowed_roles: '*' }),
    write('db-static/static-roles/r', { db_name: 'pg', username: 'recorded', rotation_period: '24h' }),
    read('db-static/static-roles/r'),
    { ...read('db-static/static-creds/r'), keep: { word: ['data', 'password'] } },
    write('db-static/static-roles/r', { username: 'recorded', rotation_period: '12h', rotation_statements: creation }),
    read('db-static/static-roles/r'),
    write('db-static/static-roles/r', {
      username: 'recorded',
      rotation_schedule: '0 3 * * SAT',
      rotation_window: '2h',
    }),
    read('db-static/static-roles/r'),
    write('db-static/static-roles/r', { username: 'recorded', rotation_schedule: '0 4 * * *' }),
    read('db-static/static-roles/r'),
    write('db-static/static-roles/r', { username: 'another', rotation_period: '12h' }),
    write('db-static/static-roles/r', { rotation_period: '12h' }),
    write('db-static/static-roles/r', { username: 'recorded', rotation_period: 4 }),
    write('db-static/static-roles/r', { username: 'recorded', rotation_period: '1h', rotation_window: '1h' }),
    write('db-static/static-roles/r', { username: 'recorded', rotation_period: '1h', rotation_schedule: '0 3 * * *' }),
    write('db-static/static-roles/r', { username: 'recorded', rotation_schedule: 'now and then' }),
    write('db-static/static-roles/r', { username: 'recorded', rotation_schedule: '0 3 * * *', rotation_window: 10 }),
    write('db-static/static-roles/s', { db_name: 'pg', username: 'recorded' }),
    write('db-static/static-roles/s', { username: 'recorded', rotation_period: '1h' }),
    write('db-static/static-roles/s', { db_name: 'pg', rotation_period: '1h' }),
    write('db-static/roles/r', { db_name: 'pg', creation_statements: [creation] }),
    read('db-static/static-roles?list=true'),
    read('db-static/static-creds/missing'),
    remove('db-static/static-roles/r'),
    remove('db-static/static-roles/r'),
    read('db-static/static-roles/r'),
  ],
  'database-root-password': [
    ...served('db-root', user('recording')),
    write('db-root/rotate-root/pg'),
    read('db-root/config/pg'),
    write('db-root/config/pg', { lab_note: 'written after the rotation' }),
    write('db-root/config/trial', {
      plugin_name: 'postgresql-database-plugin',
      connection_url: '{database}',
      ...user('recording'),
    }),
    read('db-root/config/trial'),
    write('db-root/rotate-root/missing'),
    write('db-root/config/unnamed', { ...connection, username: '' }),
    write('db-root/rotate-root/unnamed'),
  ],
} satisfies Record<string, Scenario>;
