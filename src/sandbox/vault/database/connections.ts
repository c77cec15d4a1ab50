import { entryOf } from '../content.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { absent, type Data, done, doneWith, found, namesOf, type Result, refused, together } from '../result.ts';
import type { DatabaseConnection } from './content.ts';
import { changePassword, refusesLogin } from './database.ts';
import { engineOf, namePattern } from './store.ts';

const fields = {
  name: 'string',
  plugin_name: 'string',
  plugin_version: 'string',
  verify_connection: 'bool',
  allowed_roles: 'commaList',
  root_rotation_statements: 'list',
  password_policy: 'string',
} as const;

const plugins = 'postgresql mysql mssql mongodb cassandra redis redshift snowflake elasticsearch influxdb hana'
  .split(' ')
  .map((name) => `${name}-database-plugin`);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const connectionOf = (call: Call): DatabaseConnection | undefined =>
  entryOf(engineOf(call).connections, call.params[0] ?? '');

const failed = (what: string): Result => refused(400, `error creating database object: ${what}`);

const write = (call: Call, given: Values<typeof fields>, body: Readonly<Record<string, unknown>>): Result => {
  const before = connectionOf(call);
  const pluginName = given.plugin_name ?? before?.pluginName ?? '';
  if (pluginName === '') return refused(400, 'empty plugin name');
  if (!plugins.includes(pluginName)) {
    const missing = `plugin not found in the catalog: ${pluginName}`;
    return failed(`invalid database version: ${together([missing, missing])}`);
  }
  const own = Object.entries(body).filter(([name]) => !Object.hasOwn(fields, name));
  const details = { ...before?.details, ...Object.fromEntries(own) };
  const { connection_url: url, username, password } = details;
  if (text(url) === '') return failed('connection_url cannot be empty');
  const verify = given.verify_connection ?? before?.verify ?? true;
  const login = { url: text(url), username: text(username), password: text(password) };
  const refusal = verify ? refusesLogin(call.vault, login) : undefined;
  if (refusal !== undefined) return failed(`error verifying connection: ping failed: ${refusal}`);
  engineOf(call).connections[call.params[0] ?? ''] = {
    pluginName,
    allowedRoles: given.allowed_roles ?? before?.allowedRoles ?? [],
    rotationStatements: trimmed(given.root_rotation_statements) ?? before?.rotationStatements ?? [],
    passwordPolicy: given.password_policy ?? before?.passwordPolicy ?? '',
    verify,
    details,
  };
  call.vault.changed();
  return doneWith(redacted(text(url)) === url ? [] : [passwordInUrl]);
};

const passwordInUrl =
  'Password found in connection_url, use a templated url to enable root rotation and prevent read access to password information.';

/** Statements as Vault keeps them. */
export const trimmed = (list: readonly string[] | undefined): readonly string[] | undefined =>
  list?.map((item) => item.trim());

/** A URL as Go shows it; one with places for name and password is none to Go, and shown as it is. */
const redacted = (url: string): string => url.replace(/^([a-z][a-z\d+.-]*:\/\/[^/@:{}]*):[^/@{}]*@/i, '$1:xxxxx@');

const secretDetails = ['password', 'private_key', 'service_account_json'];

const describe = (connection: DatabaseConnection): Data => {
  const shown = Object.entries(connection.details).filter(([name]) => !secretDetails.includes(name));
  return {
    allowed_roles: connection.allowedRoles,
    connection_details: Object.fromEntries(
      shown.map(([name, value]) => [name, name === 'connection_url' ? redacted(text(value)) : value]),
    ),
    disable_automated_rotation: false,
    password_policy: connection.passwordPolicy,
    plugin_name: connection.pluginName,
    plugin_version: '',
    root_credentials_rotate_statements: connection.rotationStatements,
    rotation_period: 0,
    rotation_schedule: '',
    rotation_window: 0,
    skip_static_role_import_rotation: false,
    verify_connection: connection.verify,
  };
};

/** What Vault says where an object that it looks for itself is not there. */
export const noConnection = (name: string): Result =>
  refused(500, together([`failed to find entry for connection with name: "${name}"`]));

const rotateRoot = (call: Call): Result => {
  const name = call.params[0] ?? '';
  const connection = connectionOf(call);
  if (connection === undefined) return noConnection(name);
  const { details } = connection;
  const [url, username] = [text(details['connection_url']), text(details['username'])];
  if (username === '') {
    return refused(500, together(['unable to rotate root credentials: no username in configuration']));
  }
  const refusal = refusesLogin(call.vault, { url, username, password: text(details['password']) });
  if (refusal !== undefined) return refused(500, together([`failed to update user: ${refusal}`]));
  const password = changePassword(call.vault, { url, username });
  engineOf(call).connections[name] = { ...connection, details: { ...details, password } };
  call.vault.changed();
  return done;
};

/** The names in one of the engine's tables. */
export const listOf = (table: Readonly<Record<string, unknown>>): Result => namesOf(Object.keys(table));

/** `config/…` and `rotate-root/…` of a database engine. */
export const connectionEndpoints: readonly Endpoint[] = [
  endpoint({ pattern: /^config\/?$/, fields: {}, on: { list: (call) => listOf(engineOf(call).connections) } }),
  endpoint({
    pattern: new RegExp(`^config/${namePattern}$`),
    fields,
    takesMore: true,
    exists: (call) => connectionOf(call) !== undefined,
    on: {
      read: (call) => {
        const connection = connectionOf(call);
        return connection === undefined ? absent : found(describe(connection));
      },
      update: write,
      delete: (call) => {
        delete engineOf(call).connections[call.params[0] ?? ''];
        call.vault.changed();
        return done;
      },
    },
  }),
  endpoint({
    pattern: new RegExp(`^rotate-root/${namePattern}$`),
    fields: { name: 'string' },
    on: { update: rotateRoot },
  }),
];
