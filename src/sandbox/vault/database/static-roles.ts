import { entryOf } from '../content.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { absent, type Data, done, found, type Result, refused, together } from '../result.ts';
import { listOf, trimmed } from './connections.ts';
import type { StaticRole } from './content.ts';
import { notAllowed } from './credentials.ts';
import { changePassword } from './database.ts';
import { nameIsTaken } from './roles.ts';
import { engineOf, namePattern } from './store.ts';

const fields = {
  name: 'string',
  db_name: 'string',
  username: 'string',
  credential_type: 'string',
  credential_config: 'pairs',
  rotation_period: 'seconds',
  rotation_schedule: 'string',
  rotation_window: 'seconds',
  rotation_statements: 'list',
} as const;

type Given = Values<typeof fields>;

const roleOf = (call: Call): StaticRole | undefined => entryOf(engineOf(call).staticRoles, call.params[0] ?? '');

// Vault's own words are a slip of its programmers.
const slip = (what: string, error: string) => `${what}%!(EXTRA string=error, *errors.errorString=${error})`;

const complaintAbout = (given: Given, before: StaticRole | undefined): string | undefined => {
  const { rotation_period: period, rotation_schedule: schedule, rotation_window: window } = given;
  if ((given.db_name ?? before?.connection ?? '') === '') return 'database name is a required field';
  const username = given.username ?? '';
  if (username === '' && before === undefined) return 'username is a required field to create a static account';
  if (before !== undefined && before.username !== username) return 'cannot update static account username';
  if (period !== undefined && schedule !== undefined) {
    return 'mutually exclusive fields rotation_period and rotation_schedule were both specified; only one of them can be provided';
  }
  if (before === undefined && period === undefined && schedule === undefined) {
    return 'one of rotation_schedule or rotation_period must be provided to create a static account';
  }
  if (period !== undefined && period < 5) return 'rotation_period must be 5 seconds or more';
  if (period !== undefined && window !== undefined) return 'rotation_window is invalid with use of rotation_period';
  const parts = schedule?.trim().split(/\s+/) ?? [];
  if (schedule !== undefined && parts.length !== 5) {
    const counted = `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`;
    return slip('could not parse rotation_schedule', counted);
  }
  if (schedule !== undefined && window !== undefined && window < 3600) {
    return slip('rotation_window is invalid', 'rotation_window must be 3600 seconds or more');
  }
  return undefined;
};

const timesOf = (given: Given, before: StaticRole | undefined): Pick<StaticRole, 'period' | 'schedule' | 'window'> => {
  if (given.rotation_period !== undefined) return { period: given.rotation_period, schedule: '', window: 0 };
  if (given.rotation_schedule !== undefined) {
    return { period: 0, schedule: given.rotation_schedule, window: given.rotation_window ?? before?.window ?? 0 };
  }
  return { period: before?.period ?? 0, schedule: before?.schedule ?? '', window: before?.window ?? 0 };
};

const write = (call: Call, given: Given): Result => {
  const { roles, staticRoles, connections } = engineOf(call);
  const name = call.params[0] ?? '';
  if (entryOf(roles, name) !== undefined) return nameIsTaken;
  const before = roleOf(call);
  const complaint = complaintAbout(given, before);
  if (complaint !== undefined) return refused(400, complaint);
  const settings = {
    connection: given.db_name ?? before?.connection ?? '',
    username: given.username ?? '',
    credentialType: given.credential_type ?? before?.credentialType ?? 'password',
    statements: trimmed(given.rotation_statements) ?? before?.statements ?? [],
    ...timesOf(given, before),
  };
  if (before !== undefined) {
    staticRoles[name] = { ...before, ...settings };
  } else {
    const connection = entryOf(connections, settings.connection);
    if (connection === undefined) {
      return refused(500, together([`failed to find entry for connection with name: "${settings.connection}"`]));
    }
    const refusal = notAllowed(connection, name);
    if (refusal !== undefined) return refusal;
    const url = String(connection.details['connection_url']);
    const password = changePassword(call.vault, { url, username: settings.username });
    staticRoles[name] = { ...settings, password, rotatedAt: Date.now() };
  }
  call.vault.changed();
  return done;
};

const describe = (role: StaticRole): Data => ({
  last_vault_rotation: new Date(role.rotatedAt).toISOString(),
  ...(role.period > 0 ? { rotation_period: role.period } : { rotation_schedule: role.schedule }),
  ...(role.window > 0 ? { rotation_window: role.window } : {}),
  username: role.username,
});

const credentials = (call: Call): Result => {
  const name = call.params[0] ?? '';
  const role = roleOf(call);
  if (role === undefined) return refused(400, `unknown role: ${name}`);
  const ttl = Math.max(0, Math.round((role.rotatedAt + role.period * 1000 - Date.now()) / 1000));
  return found({ ...describe(role), password: role.password, ttl });
};

/** `static-roles/…` and `static-creds/…` of a database engine. */
export const staticRoleEndpoints: readonly Endpoint[] = [
  endpoint({ pattern: /^static-roles\/?$/, fields: {}, on: { list: (call) => listOf(engineOf(call).staticRoles) } }),
  endpoint({
    pattern: new RegExp(`^static-roles/${namePattern}$`),
    fields,
    exists: (call) => roleOf(call) !== undefined,
    on: {
      read: (call) => {
        const role = roleOf(call);
        if (role === undefined) return absent;
        return found({
          credential_type: role.credentialType,
          db_name: role.connection,
          ...describe(role),
          rotation_statements: role.statements,
          skip_import_rotation: false,
        });
      },
      update: write,
      delete: (call) => {
        delete engineOf(call).staticRoles[call.params[0] ?? ''];
        call.vault.changed();
        return done;
      },
    },
  }),
  endpoint({ pattern: new RegExp(`^static-creds/${namePattern}$`), fields: {}, on: { read: credentials } }),
];
