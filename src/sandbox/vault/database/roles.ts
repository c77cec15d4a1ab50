import { entryOf } from '../content.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { absent, done, found, type Result, refused } from '../result.ts';
import { listOf, trimmed } from './connections.ts';
import type { DatabaseRole } from './content.ts';
import { engineOf, namePattern } from './store.ts';

const fields = {
  name: 'string',
  db_name: 'string',
  credential_type: 'string',
  credential_config: 'pairs',
  default_ttl: 'seconds',
  max_ttl: 'seconds',
  creation_statements: 'list',
  revocation_statements: 'list',
  renew_statements: 'list',
  rollback_statements: 'list',
} as const;

const credentialTypes = ['password', 'rsa_private_key', 'client_certificate'];

/** What Vault says of a name that the other kind of role has already. */
export const nameIsTaken: Result = refused(400, 'Role and Static Role names must be unique');

const roleOf = (call: Call): DatabaseRole | undefined => entryOf(engineOf(call).roles, call.params[0] ?? '');

const write = (call: Call, given: Values<typeof fields>): Result => {
  const { roles, staticRoles } = engineOf(call);
  const name = call.params[0] ?? '';
  if (entryOf(staticRoles, name) !== undefined) return nameIsTaken;
  const before = roleOf(call);
  const connection = given.db_name ?? before?.connection ?? '';
  if (connection === '') return refused(400, 'database name is required');
  const credentialType = given.credential_type ?? before?.credentialType ?? 'password';
  if (!credentialTypes.includes(credentialType)) return refused(400, `invalid credential_type "${credentialType}"`);
  roles[name] = {
    connection,
    credentialType,
    defaultTtl: given.default_ttl ?? before?.defaultTtl ?? 0,
    maxTtl: given.max_ttl ?? before?.maxTtl ?? 0,
    creation: trimmed(given.creation_statements) ?? before?.creation ?? [],
    // The only list that is rid of its empty statements.
    revocation: trimmed(given.revocation_statements)?.filter((item) => item !== '') ?? before?.revocation ?? [],
    renewal: trimmed(given.renew_statements) ?? before?.renewal ?? [],
    rollback: trimmed(given.rollback_statements) ?? before?.rollback ?? [],
  };
  call.vault.changed();
  return done;
};

/** `roles/…` of a database engine. */
export const roleEndpoints: readonly Endpoint[] = [
  endpoint({ pattern: /^roles\/?$/, fields: {}, on: { list: (call) => listOf(engineOf(call).roles) } }),
  endpoint({
    pattern: new RegExp(`^roles/${namePattern}$`),
    fields,
    exists: (call) => roleOf(call) !== undefined,
    on: {
      read: (call) => {
        const role = roleOf(call);
        if (role === undefined) return absent;
        return found({
          creation_statements: role.creation,
          credential_type: role.credentialType,
          db_name: role.connection,
          default_ttl: role.defaultTtl,
          max_ttl: role.maxTtl,
          renew_statements: role.renewal,
          revocation_statements: role.revocation,
          rollback_statements: role.rollback,
        });
      },
      update: write,
      delete: (call) => {
        delete engineOf(call).roles[call.params[0] ?? ''];
        call.vault.changed();
        return done;
      },
    },
  }),
];
