import { type Content, entryOf, type MountEntry, randomHex } from './content.ts';
import { parseDuration } from './duration.ts';
import { type Call, type Endpoint, endpoint } from './endpoint.ts';
import { convertText, type Values } from './fields.ts';
import { builtInType, findType } from './mount-types.ts';
import { type Data, done, doneWith, foundRepeated, type Result, refused } from './result.ts';
import { systemTtl } from './tokens.ts';

/** `sys/mounts` and `sys/auth` are alike; these are the differences. */
interface Table {
  readonly name: 'mounts' | 'auth';
  /** Before the path in messages about a mount. */
  readonly prefix: '' | 'auth/';
  readonly missing: (path: string) => string;
  /** Mounts that cannot be removed. */
  readonly fixed: readonly string[];
  readonly cannotRemove: (path: string) => string;
  readonly reservedTypes: readonly string[];
  readonly reservedType: (type: string) => string;
}

const tables: readonly Table[] = [
  {
    name: 'mounts',
    prefix: '',
    missing: (path) => `No secret engine mount at ${path}`,
    fixed: ['sys/', 'cubbyhole/', 'identity/'],
    cannotRemove: (path) => `cannot unmount "${path}"`,
    reservedTypes: ['cubbyhole', 'system', 'identity', 'token'],
    reservedType: (type) => `mount type of "${type}" is not mountable`,
  },
  {
    name: 'auth',
    prefix: 'auth/',
    missing: (path) => `No auth engine at ${path}`,
    fixed: ['token/'],
    cannotRemove: () => 'token credential backend cannot be disabled',
    reservedTypes: ['token'],
    reservedType: () => 'token credential backend cannot be instantiated',
  },
];

const entriesOf = (content: Content, { name }: Table): Record<string, MountEntry> => content[name];

const describe = (table: Table, entry: MountEntry): Data => {
  const { version, supported } = findType(table.name, entry.type) ?? builtInType;
  return {
    accessor: entry.accessor,
    config: {
      default_lease_ttl: entry.defaultLeaseTtl,
      force_no_cache: false,
      max_lease_ttl: entry.maxLeaseTtl,
      ...visibility(entry),
      ...(entry.tokenType === undefined ? {} : { token_type: entry.tokenType }),
      ...(entry.passthroughRequestHeaders === undefined
        ? {}
        : { passthrough_request_headers: entry.passthroughRequestHeaders }),
    },
    ...(supported ? { deprecation_status: 'supported' } : {}),
    description: entry.description,
    external_entropy_access: entry.externalEntropyAccess,
    local: entry.local,
    options: entry.options,
    plugin_version: '',
    running_plugin_version: version,
    running_sha256: '',
    seal_wrap: entry.sealWrap,
    type: entry.type,
    uuid: entry.uuid,
  };
};

const visibility = ({ listingVisibility = '' }: MountEntry): Data =>
  listingVisibility === '' ? {} : { listing_visibility: listingVisibility };

const mountFields = {
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

const pathOf = ({ params: [path = ''] }: Call): string => `${path}/`;

const mount = (call: Call, table: Table, values: Values<typeof mountFields>): Result => {
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

const tuneFields = {
  description: 'string',
  default_lease_ttl: 'string',
  max_lease_ttl: 'string',
  options: 'pairs',
  listing_visibility: 'string',
} as const;

const tune = (call: Call, table: Table, values: Values<typeof tuneFields>): Result => {
  const path = pathOf(call);
  if (table.name === 'mounts' && table.fixed.includes(path)) return refused(400, `cannot tune "${path}"`);
  const entry = entryOf(entriesOf(call.vault.content, table), path);
  if (entry === undefined) return refused(400, `tune of path "${table.prefix}${path}" failed: no mount entry found`);
  const defaultLeaseTtl = tunedTime(values.default_lease_ttl, entry.defaultLeaseTtl);
  const maxLeaseTtl = tunedTime(values.max_lease_ttl, entry.maxLeaseTtl);
  if (typeof defaultLeaseTtl === 'string') return refused(400, defaultLeaseTtl);
  if (typeof maxLeaseTtl === 'string') return refused(400, maxLeaseTtl);
  if (defaultLeaseTtl !== 0 && maxLeaseTtl !== 0 && maxLeaseTtl < defaultLeaseTtl) {
    return refused(
      400,
      `backend max lease TTL of ${maxLeaseTtl} would be less than backend default lease TTL of ${defaultLeaseTtl}`,
    );
  }
  const listing = values.listing_visibility;
  if (!['', 'unauth', 'hidden', undefined].includes(listing)) {
    return refused(400, `invalid listing_visibility ${listing ?? ''}`);
  }
  const [was, wanted] = [Number(entry.options?.['version'] ?? 0), values.options?.['version']];
  if (wanted !== undefined && ![0, 1, 2].includes(Number(wanted)))
    return refused(400, `invalid version provided: ${wanted}`);
  if (wanted === '') return refused(400, 'invalid version provided: 0');
  if (wanted !== undefined && Number(wanted) < was) return refused(400, `cannot downgrade mount from version ${was}`);

  entry.description = values.description ?? entry.description;
  if (listing !== undefined) entry.listingVisibility = listing;
  entry.defaultLeaseTtl = defaultLeaseTtl;
  entry.maxLeaseTtl = maxLeaseTtl;
  const options = Object.entries({ ...entry.options, ...values.options }).filter(([, value]) => value !== '');
  if (values.options !== undefined) entry.options = Object.fromEntries(options);
  call.vault.changed();
  const upgrades = wanted !== undefined && Number(wanted) > was && wanted === '2';
  return doneWith(
    upgrades
      ? [
          `Upgrading mount from version ${was} to version 2. This mount will be unavailable for a brief period and will resume service shortly.`,
        ]
      : [],
  );
};

const tunedTime = (value: string | undefined, now: number): number | string => {
  if (value === undefined || value === '') return now;
  if (value === 'system') return 0;
  const parsed = parseDuration(value);
  return parsed.ok ? parsed.seconds : parsed.error;
};

const readTune = (call: Call, table: Table): Result => {
  const path = pathOf(call);
  const entry = entryOf(entriesOf(call.vault.content, table), path);
  if (entry === undefined) return refused(400, `cannot fetch sysview for path "${table.prefix}${path}"`);
  return foundRepeated({
    default_lease_ttl: entry.defaultLeaseTtl === 0 ? systemTtl : entry.defaultLeaseTtl,
    description: entry.description,
    force_no_cache: false,
    max_lease_ttl: entry.maxLeaseTtl === 0 ? systemTtl : entry.maxLeaseTtl,
    ...visibility(entry),
    ...(entry.options === null || Object.keys(entry.options).length === 0 ? {} : { options: entry.options }),
    ...(entry.tokenType === undefined ? {} : { token_type: entry.tokenType }),
  });
};

const unmount = (call: Call, table: Table): Result => {
  const path = pathOf(call);
  if (table.fixed.includes(path)) return refused(400, table.cannotRemove(path));
  const { content } = call.vault;
  const entry = entryOf(entriesOf(content, table), path);
  if (entry === undefined) return done;
  delete entriesOf(content, table)[path];
  delete content.kv[entry.uuid];
  delete content.kubernetes[entry.uuid];
  for (const token of Object.values(content.tokens)) {
    if (table.name === 'auth' && token.path.startsWith(`auth/${path}`)) delete content.tokens[token.id];
  }
  call.vault.changed();
  return done;
};

/** `sys/mounts…` and `sys/auth…`. */
export const mountEndpoints: readonly Endpoint[] = tables.flatMap((table) => [
  endpoint({
    pattern: new RegExp(`^${table.name}$`),
    fields: {},
    on: {
      read: ({ vault }) =>
        foundRepeated(
          Object.fromEntries(
            Object.entries(entriesOf(vault.content, table)).map(([path, entry]) => [path, describe(table, entry)]),
          ),
        ),
    },
  }),
  endpoint({
    pattern: new RegExp(`^${table.name}/(.+)/tune$`),
    fields: tuneFields,
    on: { read: (call) => readTune(call, table), update: (call, values) => tune(call, table, values) },
  }),
  endpoint({
    pattern: new RegExp(`^${table.name}/(.*[^/])/?$`),
    fields: mountFields,
    on: {
      read: (call) => {
        const entry = entryOf(entriesOf(call.vault.content, table), pathOf(call));
        return entry === undefined ? refused(400, table.missing(pathOf(call))) : foundRepeated(describe(table, entry));
      },
      update: (call, values) => mount(call, table, values),
      delete: (call) => unmount(call, table),
    },
  }),
]);
