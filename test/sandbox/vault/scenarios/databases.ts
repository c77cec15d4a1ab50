import { type Request, read, type Scenario, write } from './scenario.ts';

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
} satisfies Record<string, Scenario>;
