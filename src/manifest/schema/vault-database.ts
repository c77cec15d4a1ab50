import { z } from 'zod';
import { duration } from '../../engine/fields.ts';
import { passwordSource } from './source.ts';
import { tuning } from './vault-tuning.ts';

const name = () =>
  z.string().regex(/^\w([\w.-]*\w)?$/, 'is no name below a database mount; use letters, digits, "_", "-" and "."');

const statements = () =>
  z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).describe('One SQL statement, or a list of them');

const connection = z.strictObject({
  plugin: z.string().min(1).describe('postgresql, mysql, mssql, …, or the full name of a database plugin'),
  url: z.string().min(1).describe('With {{username}} and {{password}} in their places; never a password itself'),
  username: z.string().min(1).describe('Whom Vault logs in as'),
  password: passwordSource().optional(),
  rotateRoot: z
    .literal('once')
    .optional()
    .describe('Vault changes that password once and is from then on alone to know it; needs allowIrreversible'),
  allowedRoles: z.array(z.string().min(1)).optional().describe('Default: the roles of this mount that name it'),
  verify: z.boolean().optional().describe('Whether Vault tries the connection when it is written; Vault: true'),
  maxOpenConnections: z.int().min(0).optional(),
  maxIdleConnections: z.int().optional(),
  maxConnectionLifetime: duration().optional(),
  usernameTemplate: z.string().min(1).optional(),
  passwordPolicy: z.string().min(1).optional(),
  rootRotation: statements().optional().describe('SQL that rotates the password, where not the usual one'),
});

const role = z.strictObject({
  connection: name(),
  ttl: duration().optional().describe('How long a user lives'),
  maxTtl: duration().optional().describe('How long it can be renewed at most'),
  create: statements().describe('SQL with {{name}}, {{password}} and {{expiration}}'),
  revoke: statements().optional(),
  renew: statements().optional(),
  rollback: statements().optional(),
});

const staticRole = z.strictObject({
  connection: name(),
  username: z.string().min(1).describe('A database user that is there; it gets a new password at once'),
  rotate: duration().optional().describe('How often its password changes'),
  schedule: z.string().min(1).optional().describe('Instead of rotate: when, as cron has it (UTC)'),
  window: duration().optional().describe('With schedule: for how long after that time; at least 1h'),
  statements: statements().optional(),
});

/** An entry of `vault.mounts` of type `database`. */
export const databaseMount = z.strictObject({
  type: z.literal('database'),
  ...tuning,
  connections: z.record(name(), connection).default({}),
  roles: z.record(name(), role).default({}),
  staticRoles: z.record(name(), staticRole).default({}),
});

/** Its output. */
export type DatabaseMount = z.output<typeof databaseMount>;
