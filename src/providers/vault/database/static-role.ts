import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import { duration } from '../../../engine/fields.ts';
import type { VaultClient } from '../client.ts';
import { listedOn } from '../listed.ts';
import { inWords, recognising } from '../recognising.ts';
import { may, mayHelp } from '../rights.ts';
import { roleKind } from './role-kind.ts';
import { statements } from './statements.ts';

const schema = z.strictObject({
  connection: z.string().min(1).describe('The connection of the same mount that passwords are changed with.'),
  username: z.string().min(1).describe('The database user, who must be there already.'),
  rotate: duration().optional().describe('How often Vault changes its password; at least 5 s.'),
  schedule: z.string().min(1).optional().describe('Instead of rotate: when it does, as cron has it (UTC).'),
  window: duration()
    .optional()
    .describe('With schedule: for how long after that time it may try, at least 1h; 0 = until the next.'),
  statements: statements().optional().describe('SQL that changes the password; none = what the plugin does by itself.'),
});

type StaticRole = z.output<typeof schema>;

const answer = z.object({
  db_name: z.string(),
  username: z.string(),
  rotation_period: z.number().optional(),
  rotation_schedule: z.string().optional(),
  rotation_window: z.number().optional(),
  rotation_statements: z.array(z.string()).nullish(),
});

const words = {
  connection: 'db_name',
  username: 'username',
  rotate: 'rotation_period',
  schedule: 'rotation_schedule',
  window: 'rotation_window',
  statements: 'rotation_statements',
};

const tenYears = 315_360_000;

const rolePath = (mount: string, name: string): readonly string[] => [mount, 'static-roles', name];

/** A database user that is there already and whose password Vault changes: at once when the role is made, then in turn. */
export const databaseStaticRole = defineKind<typeof schema.shape, VaultClient>({
  ...roleKind('static database role'),
  kind: 'vault.database-static-role',
  schema,
  fields: {
    username: { immutable: true },
    statements: { exact: true, unset: [] },
    window: { unset: 0 },
  },
  protect: 'the database user keeps the password that Vault gave it last, which nobody can read any more',
  inventory: listedOn((mount) => [mount, 'static-roles']),
  // After a rotation of its connection, too: OpenBao 2.7.2 fails one of the two where they come in the same moment.
  after: ([mount = ''], { connection }) =>
    connection === undefined
      ? []
      : ['vault.database-connection', 'vault.database-root-rotation'].map((kind) => address(kind, mount, connection)),
  rights: ([mount = '', name = '']) => {
    const path = `${mount}/static-roles/${name}`;
    const plan = [...may(path, 'read'), ...mayHelp(`${mount}/static-roles`, 'list')];
    return { plan, apply: may(path, 'create', 'update', 'delete') };
  },
  check: (spec) => timing(spec),
  irreversible: (_, { username }, live) =>
    live.exists === 'yes' && live.spec['username'] === username
      ? undefined
      : `the database user ${username ?? ''} gets a new password at once, and whoever uses the present one is locked out`,
  read: async (client, [mount = '', name = '']) => {
    const live = await client.read(rolePath(mount, name), answer);
    if (live === undefined) return { exists: 'no' };
    return {
      exists: 'yes',
      spec: {
        connection: live.db_name,
        username: live.username,
        ...(live.rotation_period === undefined ? {} : { rotate: live.rotation_period }),
        ...(live.rotation_schedule === undefined ? {} : { schedule: live.rotation_schedule }),
        ...(live.rotation_schedule === undefined ? {} : { window: live.rotation_window ?? 0 }),
        statements: live.rotation_statements ?? [],
      },
      outputs: {},
    };
  },
  recognises: recognising(([mount = '', name = '']) => rolePath(mount, name), words),
  write: async (client, { id: [mount = '', name = ''], spec, live }) => {
    const { username, schedule, window = 0 } = spec;
    const hadWindow = live.exists === 'yes' && live.spec['window'] !== undefined && live.spec['window'] !== 0;
    if (hadWindow && schedule !== undefined && window === 0) {
      // Vault has no word for "no window", and forgets it with a period alone: one that will not be over soon.
      await client.write('POST', rolePath(mount, name), { username, rotation_period: tenYears });
    }
    await client.write('POST', rolePath(mount, name), {
      ...inWords(words, spec),
      rotation_window: window === 0 ? undefined : window,
    });
  },
  remove: (client, [mount = '', name = '']) => client.remove(rolePath(mount, name)),
});

const timing = ({ rotate, schedule, window }: StaticRole): string | undefined => {
  if ((rotate === undefined) === (schedule === undefined)) return 'must have one of rotate and schedule';
  if (rotate !== undefined && rotate < 5) return 'rotate must be 5 s or more';
  if (window !== undefined && schedule === undefined) return 'window goes with schedule only';
  if (window !== undefined && window !== 0 && window < 3600) return 'window must be 1h or more';
  return undefined;
};
