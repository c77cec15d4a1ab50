import { describeSettings, emptySettings, mergeSettings, tokenFields } from '../auth/token-settings.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { absent, done, doneWith, found, namesOf, type Result, refused, together } from '../result.ts';
import type { AppRole } from './content.ts';
import { nameIn, roleIn, rolesOf } from './store.ts';

const roleFields = {
  ...tokenFields,
  role_name: 'string',
  role_id: 'string',
  bind_secret_id: 'bool',
  local_secret_ids: 'bool',
  secret_id_ttl: 'seconds',
  secret_id_num_uses: 'int',
  secret_id_bound_cidrs: 'commaList',
  bound_cidr_list: 'commaList',
} as const;

const emptyRole = (): AppRole => ({
  ...emptySettings,
  roleId: crypto.randomUUID(),
  bindSecretId: true,
  secretIdTtl: 0,
  secretIdUses: 0,
  secretIdCidrs: [],
  secretIds: {},
});

/** Changes the fields that are named and keeps the others. */
const write = (call: Call, given: Values<typeof roleFields>): Result => {
  const was = roleIn(call) ?? emptyRole();
  const useless = given.token_type === 'default-service';
  const settings = mergeSettings(was, useless ? { ...given, token_type: 'service' } : given);
  if (typeof settings === 'string') return refused(400, settings);
  const role: AppRole = {
    ...settings,
    roleId: given.role_id ?? was.roleId,
    bindSecretId: given.bind_secret_id ?? was.bindSecretId,
    secretIdTtl: given.secret_id_ttl ?? was.secretIdTtl,
    secretIdUses: given.secret_id_num_uses ?? was.secretIdUses,
    secretIdCidrs: given.secret_id_bound_cidrs ?? was.secretIdCidrs,
    secretIds: was.secretIds,
  };
  if (!role.bindSecretId && role.secretIdCidrs.length + role.boundCidrs.length === 0) {
    return refused(500, together(['at least one constraint should be enabled on the role']));
  }
  rolesOf(call)[nameIn(call)] = role;
  call.vault.changed();
  return doneWith(useless ? ['default-service has no useful meaning; adjusting to service'] : []);
};

const read = (call: Call): Result => {
  const role = roleIn(call);
  if (role === undefined) return absent;
  return found({
    ...describeSettings(role),
    bind_secret_id: role.bindSecretId,
    local_secret_ids: false,
    secret_id_bound_cidrs: role.secretIdCidrs.length === 0 ? null : role.secretIdCidrs,
    secret_id_num_uses: role.secretIdUses,
    secret_id_ttl: role.secretIdTtl,
  });
};

const remove = (call: Call): Result => {
  delete rolesOf(call)[nameIn(call)];
  call.vault.changed();
  return done;
};

const list = (call: Call): Result => namesOf(Object.keys(rolesOf(call)));

const setRoleId = (call: Call, { role_id: id }: { readonly role_id?: string }): Result => {
  const role = roleIn(call);
  if (role === undefined) return absent;
  role.roleId = id ?? crypto.randomUUID();
  call.vault.changed();
  return done;
};

const readRoleId = (call: Call): Result => {
  const role = roleIn(call);
  return role === undefined ? absent : found({ role_id: role.roleId });
};

/** `role…` of an approle auth method, save its SecretIDs. */
export const roleEndpoints: readonly Endpoint[] = [
  endpoint({ pattern: /^role\/?$/, fields: {}, on: { list } }),
  endpoint({
    pattern: /^role\/(\w(?:[\w.-]*\w)?)$/,
    fields: roleFields,
    exists: (call) => roleIn(call) !== undefined,
    on: { read, update: write, delete: remove },
  }),
  endpoint({
    pattern: /^role\/(\w(?:[\w.-]*\w)?)\/role-id$/,
    fields: { role_id: 'string', role_name: 'string' },
    on: { read: readRoleId, update: setRoleId },
  }),
];
