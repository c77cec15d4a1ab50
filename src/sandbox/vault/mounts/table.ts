import type { Content, MountEntry } from '../content.ts';
import type { Call } from '../endpoint.ts';
import { builtInType, findType } from '../mount-types.ts';
import type { Data } from '../result.ts';

/** `sys/mounts` and `sys/auth` are alike; these are the differences. */
export interface Table {
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

/** Both tables. */
export const tables: readonly Table[] = [
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

/** What is mounted, by path with the closing slash. */
export const entriesOf = (content: Content, { name }: Table): Record<string, MountEntry> => content[name];

/** The path that a call names, as tables have it. */
export const pathOf = ({ params: [path = ''] }: Call): string => `${path}/`;

/** The field of an entry that was given one. */
export const visibility = ({ listingVisibility = '' }: MountEntry): Data =>
  listingVisibility === '' ? {} : { listing_visibility: listingVisibility };

/** An entry as it is listed. */
export const describeEntry = (table: Table, entry: MountEntry): Data => {
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
