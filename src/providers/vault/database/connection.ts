import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import { duration, secretValue, sortedSet } from '../../../engine/fields.ts';
import { liveSecret } from '../../../engine/value.ts';
import { LabError } from '../../../errors.ts';
import { isSecret } from '../../../secrets/secret.ts';
import { clearable } from '../clearable.ts';
import type { VaultCalls } from '../client.ts';
import { listedOn } from '../listed.ts';
import { trimSlashes } from '../path.ts';
import { recognising } from '../recognising.ts';
import { may, mayHelp } from '../rights.ts';
import {
  type ConnectionAnswer,
  connectionPath,
  looseNumber,
  looseSeconds,
  readConnection,
  rotationOf,
} from './details.ts';
import { databaseName } from './name.ts';
import { statements } from './statements.ts';
import { literalPassword } from './url.ts';

const shortNames = 'postgresql mysql mssql mongodb cassandra redis redshift snowflake elasticsearch influxdb hana';

const schema = z.strictObject({
  plugin: z
    .string()
    .min(1)
    .transform((name) => (shortNames.split(' ').includes(name) ? `${name}-database-plugin` : name))
    .describe('The database plugin: postgresql, mysql, mssql, …, or the full name of one.'),
  url: z
    .string()
    .min(1)
    .describe('Where the database is, with {{username}} and {{password}} in their places; never a password.'),
  username: z.string().min(1).describe('Whom Vault logs in as.'),
  password: secretValue().optional().describe("That user's password. Not sent again once it was rotated."),
  allowedRoles: sortedSet().describe('Names of the roles that may use it; `*` alone means all.'),
  verify: z.boolean().optional().describe('Whether Vault tries the connection when it is written. Vault: true.'),
  maxOpenConnections: clearable(z.int().min(0), 0).describe('0 = as the plugin has it.'),
  maxIdleConnections: clearable(z.int(), 0).describe('0 = as many as may be open.'),
  maxConnectionLifetime: clearable(duration(), 0).describe('0 = for ever.'),
  usernameTemplate: clearable(z.string(), '').describe('How the names of made users look.'),
  passwordPolicy: clearable(z.string(), '').describe('The password policy of Vault for made passwords.'),
  rootRotation: statements().optional().describe('Statements that rotate the root password, where not the usual ones.'),
});

// What every plugin takes. Its own settings are not described, and Vault keeps whatever it is given.
const words = {
  plugin: 'plugin_name',
  allowedRoles: 'allowed_roles',
  verify: 'verify_connection',
  passwordPolicy: 'password_policy',
  rootRotation: 'root_rotation_statements',
};

/**
 * A database that Vault makes users in. Every write of it connects anew. Vault never shows the password; its fingerprint
 * lies beside it, written in the same call.
 */
export const databaseConnection = defineKind<typeof schema.shape, VaultCalls>({
  kind: 'vault.database-connection',
  parts: [['MOUNT', 'NAME']],
  schema,
  fields: {
    url: { reference: true, destination: true },
    username: { reference: true },
    password: { secret: true },
    allowedRoles: { grant: true, exact: true },
    verify: { unset: true },
    maxOpenConnections: { unset: 0 },
    maxIdleConnections: { unset: 0 },
    maxConnectionLifetime: { unset: 0 },
    usernameTemplate: { unset: '' },
    passwordPolicy: { unset: '' },
    rootRotation: { exact: true, unset: [] },
  },
  ownership: 'whole',
  mark: 'parent',
  writes: 'merge',
  precondition: 're-read',
  protect: 'once its password was rotated, nobody but this connection knows it',
  identify: ([mount = '', name = '']) => [trimSlashes(mount), databaseName('database connection', name)],
  parent: ([mount = '']) => address('vault.mount', mount),
  after: (_, { passwordPolicy }) =>
    passwordPolicy === undefined || passwordPolicy === '' ? [] : [address('vault.password-policy', passwordPolicy)],
  gates: () => ['vault.active'],
  rights: ([mount = '', name = '']) => {
    const path = `${mount}/config/${name}`;
    const plan = [...may(path, 'read'), ...mayHelp(`${mount}/config`, 'list')];
    return { plan, apply: may(path, 'create', 'update', 'delete') };
  },
  inventory: listedOn((mount) => [mount, 'config']),
  exclusive: (id) => id.join('/'),
  check: ({ url, allowedRoles }) =>
    literalPassword(url) ??
    (allowedRoles.includes('*') && allowedRoles.length > 1
      ? 'allowedRoles: `*` means all and must stand alone'
      : undefined),
  read: async (client, [mount = '', name = ''], { verify }) => {
    const live = await readConnection(client, mount, name);
    return live === undefined ? { exists: 'no' } : { exists: 'yes', spec: inOurWords(live, verify), outputs: {} };
  },
  recognises: recognising(([mount = '', name = '']) => connectionPath(mount, name), words),
  write: async (client, { id: [mount = '', name = ''], spec, fingerprints }) => {
    const password = isSecret(spec.password) ? spec.password : undefined;
    const before = await readConnection(client, mount, name);
    if (password !== undefined && before !== undefined && rotationOf(before) !== 'none') {
      throw new LabError('REJECTED', `The password of ${mount}/config/${name} was rotated, and Vault alone knows it`, {
        next: 'Take onExternalChange: overwrite off it. To begin again with a password of yours, delete the connection.',
      });
    }
    try {
      await client.write('POST', connectionPath(mount, name), {
        plugin_name: spec.plugin,
        connection_url: spec.url,
        username: spec.username,
        allowed_roles: spec.allowedRoles,
        verify_connection: spec.verify,
        max_open_connections: spec.maxOpenConnections,
        max_idle_connections: spec.maxIdleConnections,
        max_connection_lifetime:
          spec.maxConnectionLifetime === undefined ? undefined : `${spec.maxConnectionLifetime}s`,
        username_template: spec.usernameTemplate,
        password_policy: spec.passwordPolicy,
        root_rotation_statements: spec.rootRotation,
        ...(password === undefined ? {} : { password, lab_password_fingerprint: fingerprints['password'] }),
      });
    } catch (error) {
      throw explained(error);
    }
  },
  remove: (client, [mount = '', name = '']) => client.remove(connectionPath(mount, name)),
});

/** `asked` stands for what older Vaults and OpenBao do not show. */
const inOurWords = (live: ConnectionAnswer, asked: boolean | undefined) => {
  const { connection_details: details } = live;
  const verify = live.verify_connection ?? asked;
  const fingerprint = rotationOf(live) === 'none' ? details.lab_password_fingerprint : undefined;
  return {
    plugin: live.plugin_name,
    url: details.connection_url ?? '',
    username: details.username ?? '',
    // A rotated password has no fingerprint: no value of ours can be held against it.
    password: liveSecret(fingerprint === undefined ? {} : { fingerprint, moved: false }),
    allowedRoles: (live.allowed_roles ?? []).toSorted(),
    ...(verify === undefined ? {} : { verify }),
    maxOpenConnections: looseNumber(details.max_open_connections),
    maxIdleConnections: looseNumber(details.max_idle_connections),
    maxConnectionLifetime: looseSeconds(details.max_connection_lifetime),
    usernameTemplate: details.username_template ?? '',
    passwordPolicy: live.password_policy ?? '',
    rootRotation: live.root_credentials_rotate_statements ?? [],
  };
};

const explained = (error: unknown): unknown => {
  if (!(error instanceof LabError) || !error.message.includes('error verifying connection')) return error;
  return new LabError('REJECTED', error.message, {
    next: 'Is the database up, can Vault reach it, and do username and password fit? `verify: false` writes the connection without trying it.',
  });
};
