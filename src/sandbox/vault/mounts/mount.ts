import { entryOf, randomHex } from '../content.ts';
import { parseDuration } from '../duration.ts';
import type { Call } from '../endpoint.ts';
import { convertText, type Values } from '../fields.ts';
import { revokeLeases } from '../leases.ts';
import { findType } from '../mount-types.ts';
import { done, type Result, refused } from '../result.ts';
import { entriesOf, pathOf, type Table } from './table.ts';

/** What can be said when something is mounted. */
export const mountFields = {
  type: 'string',
  description: 'string',
  config: 'map',
  options: 'pairs',
  local: 'bool',
  seal_wrap: 'bool',
  external_entropy_access: 'bool',
  plugin_name: 'string',
  plugin_version: 'string',
} as const;

/** Mounts an engine or an auth method. */
export const mount = (call: Call, table: Table, values: Values<typeof mountFields>): Result => {
  const path = pathOf(call);
  const entries = entriesOf(call.vault.content, table);
  if (values.type === undefined || values.type === '')
    return refused(400, 'backend type must be specified as a string');
  const times = leaseTimes(values.config ?? {});
  if (typeof times === 'string') return refused(400, times);
  const [, kvVersion] = /^kv-v([12])$/.exec(values.type) ?? [];
  const type = kvVersion === undefined ? values.type : 'kv';
  const options = kvVersion === undefined ? (values.options ?? {}) : { ...values.options, version: kvVersion };
  if (table.name === 'mounts' && /^(auth|sys|cubbyhole|identity)\//.test(path)) {
    return refused(400, `cannot mount "${path}"`);
  }
  const used = Object.keys(entries).find((other) => path.startsWith(other) || other.startsWith(path));
  if (used !== undefined) return refused(400, `path is already in use at ${used}`);
  if (table.reservedTypes.includes(type)) return refused(400, table.reservedType(type));
  if (findType(table.name, type) === undefined) return refused(400, `plugin not found in the catalog: ${type}`);
  if (type === 'kv' && !['', '0', '1', '2'].includes(options.version ?? '')) {
    return refused(400, 'nil backend of type "kv" returned from factory');
  }
  entries[path] = {
    type,
    description: values.description ?? '',
    accessor: `${table.name === 'auth' ? 'auth_' : ''}${type}_${randomHex(4)}`,
    uuid: crypto.randomUUID(),
    local: values.local ?? false,
    sealWrap: values.seal_wrap ?? false,
    externalEntropyAccess: values.external_entropy_access ?? false,
    options,
    ...times,
    ...(table.name === 'auth' ? { tokenType: 'default-service' } : {}),
  };
  call.vault.changed();
  return done;
};

const leaseTimes = (config: Readonly<Record<string, unknown>>) => {
  const defaultLeaseTtl = leaseTime(config['default_lease_ttl'], 'default');
  const maxLeaseTtl = leaseTime(config['max_lease_ttl'], 'max');
  if (typeof defaultLeaseTtl === 'string') return defaultLeaseTtl;
  if (typeof maxLeaseTtl === 'string') return maxLeaseTtl;
  if (maxLeaseTtl !== 0 && defaultLeaseTtl > maxLeaseTtl) {
    return 'given default lease TTL greater than given max lease TTL';
  }
  return { defaultLeaseTtl, maxLeaseTtl };
};

/** Seconds, or the complaint. */
const leaseTime = (value: unknown, which: string): number | string => {
  if (value === undefined || value === null || value === 'system') return 0;
  const text = convertText(value);
  if (!text.ok) return text.error;
  const parsed = parseDuration(text.value);
  return parsed.ok ? parsed.seconds : `unable to parse ${which} TTL of ${text.value}: ${parsed.error}`;
};

/** Removes one with all that it holds; absent already is success. */
export const unmount = (call: Call, table: Table): Result => {
  const path = pathOf(call);
  if (table.fixed.includes(path)) return refused(400, table.cannotRemove(path));
  const { content } = call.vault;
  const entry = entryOf(entriesOf(content, table), path);
  if (entry === undefined) return done;
  delete entriesOf(content, table)[path];
  delete content.kv[entry.uuid];
  delete content.kubernetes[entry.uuid];
  delete content.databases[entry.uuid];
  revokeLeases(content, path);
  delete content.pki[entry.uuid];
  for (const token of Object.values(content.tokens)) {
    if (table.name === 'auth' && token.path.startsWith(`auth/${path}`)) delete content.tokens[token.id];
  }
  call.vault.changed();
  return done;
};
