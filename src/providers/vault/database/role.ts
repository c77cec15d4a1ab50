import { z } from 'zod';
import { defineKind } from '../../../engine/define-kind.ts';
import { duration } from '../../../engine/fields.ts';
import { clearable } from '../clearable.ts';
import type { VaultClient } from '../client.ts';
import { listedOn } from '../listed.ts';
import { countLeases, endLeases } from '../mounts/leases.ts';
import { inWords, recognising } from '../recognising.ts';
import { may, mayHelp } from '../rights.ts';
import { proveRole } from './proof.ts';
import { roleKind } from './role-kind.ts';
import { statements } from './statements.ts';

const schema = z.strictObject({
  connection: z.string().min(1).describe('The connection of the same mount that users are made with.'),
  ttl: clearable(duration(), 0).describe('How long a made user lives; 0 = as the mount has it.'),
  maxTtl: clearable(duration(), 0).describe('How long it can be renewed at most; 0 = as the mount has it.'),
  create: statements().describe('SQL that makes a user, with {{name}}, {{password}} and {{expiration}}.'),
  revoke: statements().optional().describe('SQL that removes it; none = what the plugin does by itself.'),
  renew: statements().optional().describe('SQL that prolongs it.'),
  rollback: statements().optional().describe('SQL that cleans up after a `create` that failed.'),
});

const answer = z.object({
  db_name: z.string(),
  default_ttl: z.number(),
  max_ttl: z.number(),
  creation_statements: z.array(z.string()).nullish(),
  revocation_statements: z.array(z.string()).nullish(),
  renew_statements: z.array(z.string()).nullish(),
  rollback_statements: z.array(z.string()).nullish(),
});

const words = {
  connection: 'db_name',
  ttl: 'default_ttl',
  maxTtl: 'max_ttl',
  create: 'creation_statements',
  revoke: 'revocation_statements',
  renew: 'renew_statements',
  rollback: 'rollback_statements',
};

const rolePath = (mount: string, name: string): readonly string[] => [mount, 'roles', name];

/** What a database user is made of, each time that somebody asks for one. */
export const databaseRole = defineKind<typeof schema.shape, VaultClient>({
  ...roleKind('database role'),
  kind: 'vault.database-role',
  schema,
  fields: {
    ttl: { unset: 0 },
    maxTtl: { unset: 0 },
    create: { grant: true, exact: true },
    revoke: { exact: true, unset: [] },
    renew: { exact: true, unset: [] },
    rollback: { exact: true, unset: [] },
  },
  protect: 'users that were made with it end at once',
  inventory: listedOn((mount) => [mount, 'roles']),
  rights: ([mount = '', name = '']) => {
    const [path, users] = [`${mount}/roles/${name}`, `${mount}/creds/${name}`];
    return {
      plan: [
        ...may(path, 'read'),
        ...mayHelp(`${mount}/roles`, 'list'),
        ...mayHelp(`sys/leases/lookup/${users}`, 'list', 'sudo'),
      ],
      apply: [
        ...may(path, 'create', 'update', 'delete'),
        ...may(`sys/leases/revoke-prefix/${users}`, 'update', 'sudo'),
      ],
      verify: [...may(users, 'read'), ...may('sys/leases/lookup', 'update'), ...may('sys/leases/revoke', 'update')],
    };
  },
  check: ({ ttl = 0, maxTtl = 0 }) => (maxTtl > 0 && ttl > maxTtl ? 'ttl must not be longer than maxTtl' : undefined),
  read: async (client, [mount = '', name = '']) => {
    const live = await client.read(rolePath(mount, name), answer);
    if (live === undefined) return { exists: 'no' };
    return {
      exists: 'yes',
      spec: {
        connection: live.db_name,
        ttl: live.default_ttl,
        maxTtl: live.max_ttl,
        create: live.creation_statements ?? [],
        revoke: live.revocation_statements ?? [],
        renew: live.renew_statements ?? [],
        rollback: live.rollback_statements ?? [],
      },
      outputs: {},
    };
  },
  recognises: recognising(([mount = '', name = '']) => rolePath(mount, name), words),
  write: (client, { id: [mount = '', name = ''], spec }) =>
    client.write('POST', rolePath(mount, name), inWords(words, spec)),
  verify: (client, [mount = '', name = '']) => proveRole(client, mount, name),
  losses: async (client, [mount = '', name = '']) => {
    const leases = await countLeases(client, [mount, 'creds', name]);
    return leases === undefined || leases === 0 ? undefined : `${leases} ${leases === 1 ? 'lease' : 'leases'}`;
  },
  remove: async (client, [mount = '', name = '']) => {
    if ((await client.read(rolePath(mount, name), answer)) === undefined) return;
    // First, while the connection and the role's own way to revoke are still there.
    await endLeases(client, [mount, 'creds', name]);
    await client.remove(rolePath(mount, name));
  },
});
