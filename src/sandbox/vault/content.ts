import type { AppRoles } from './approle/content.ts';
import type { DatabaseEngine } from './database/content.ts';
import type { Group } from './identity/content.ts';
import type { JwtAuth } from './jwt/content.ts';
import type { KubernetesAuth } from './kubernetes-auth/content.ts';
import type { KvStore } from './kv/content.ts';
import type { PkiStore } from './pki/content.ts';
import { defaultPolicy } from './policy/default-policy.ts';
import type { Result } from './result.ts';

/** How far the sandbox's Vault has come. `absent`: nothing listens. */
export type VaultState = 'absent' | 'uninitialised' | 'sealed' | 'standby' | 'active';

/** A secrets engine or an auth method. */
export interface MountEntry {
  readonly type: string;
  description: string;
  readonly accessor: string;
  readonly uuid: string;
  readonly local: boolean;
  readonly sealWrap: boolean;
  readonly externalEntropyAccess: boolean;
  /** null on what Vault mounts itself. */
  options: Readonly<Record<string, string>> | null;
  /** Seconds; 0 = the system's. */
  defaultLeaseTtl: number;
  maxLeaseTtl: number;
  /** Whether those without a token see it: '' (unset), unauth or hidden. */
  listingVisibility?: string;
  /** Only auth methods have one. */
  readonly tokenType?: string;
  readonly passthroughRequestHeaders?: readonly string[];
}

/** A token that was issued. Times in milliseconds since 1970, lifetimes in seconds. */
export interface Token {
  readonly id: string;
  readonly accessor: string;
  readonly type: 'service';
  readonly policies: readonly string[];
  readonly displayName: string;
  /** The path that issued it. */
  readonly path: string;
  readonly meta: Readonly<Record<string, string>> | null;
  readonly orphan: boolean;
  readonly parent?: string;
  /** '' without one. */
  readonly entityId: string;
  readonly createdAt: number;
  /** 0 = lives for ever. */
  readonly creationTtl: number;
  readonly period: number;
  readonly explicitMaxTtl: number;
  readonly maxTtl: number;
  readonly renewable: boolean;
  expiresAt?: number;
  renewedAt?: number;
  /** Calls left; 0 = as many as one likes, -1 = used up. */
  usesLeft: number;
}

/** What was made and ends. Times in milliseconds since 1970. */
export interface Lease {
  readonly issuedAt: number;
  expiresAt: number;
  renewedAt?: number;
  /** Seconds of one renewal that asks for no other. */
  readonly ttl: number;
  /** No renewal goes beyond. */
  readonly endsAt: number;
}

/** An answer that is kept for whoever comes first with its token. */
export interface WrappedAnswer {
  /** What was asked. */
  readonly path: string;
  readonly createdAt: number;
  /** Seconds. */
  readonly ttl: number;
  readonly result: Result;
  readonly mountType: string;
}

/** A place that Vault logs to. */
export interface AuditDevice {
  readonly type: string;
  readonly description: string;
  readonly options: Readonly<Record<string, string>>;
  readonly local: boolean;
}

/** Everything that a Vault keeps. JSON, so that it can lie on disk. */
export interface Content {
  state: VaultState;
  readonly clusterId: string;
  readonly clusterName: string;
  /** Absent until it is initialised. The sandbox knows its shares instead of deriving a key from them. */
  seal?: { readonly shares: readonly string[]; readonly threshold: number };
  readonly mounts: Record<string, MountEntry>;
  readonly auth: Record<string, MountEntry>;
  readonly policies: Record<string, string>;
  readonly passwordPolicies: Record<string, string>;
  /** By path with the closing slash. */
  readonly audit: Record<string, AuditDevice>;
  readonly tokens: Record<string, Token>;
  /** Answers that are kept, by their tokens. */
  readonly wrapped: Record<string, WrappedAnswer>;
  /** By the uuid of the mount. */
  readonly kv: Record<string, KvStore>;
  readonly kubernetes: Record<string, KubernetesAuth>;
  readonly approle: Record<string, AppRoles>;
  readonly jwt: Record<string, JwtAuth>;
  readonly databases: Record<string, DatabaseEngine>;
  /** Passwords that Vault gave to users of databases, by host and name; the databases themselves are make-believe. */
  readonly databaseUsers: Record<string, string>;
  /** By id, which begins with the path of the mount. */
  readonly leases: Record<string, Lease>;
  readonly pki: Record<string, PkiStore>;
  /** Entity ids by accessor and alias. */
  readonly entities: Record<string, string>;
  /** By id. */
  readonly groups: Record<string, Group>;
}

/** A record's own entry: never one that every object inherits. */
export const entryOf = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** A Vault without storage. */
export const emptyContent = (): Content => ({
  state: 'absent',
  clusterId: crypto.randomUUID(),
  clusterName: `vault-cluster-${randomHex(4)}`,
  mounts: {},
  auth: {},
  policies: {},
  passwordPolicies: {},
  audit: {},
  tokens: {},
  wrapped: {},
  kv: {},
  kubernetes: {},
  approle: {},
  jwt: {},
  databases: {},
  databaseUsers: {},
  leases: {},
  pki: {},
  entities: {},
  groups: {},
});

/** What Vault makes for itself when it is initialised. */
export const furnish = (content: Content): void => {
  const tables = { mounts: content.mounts, auth: content.auth };
  tables.mounts['cubbyhole/'] = builtIn('cubbyhole', 'per-token private secret storage', { local: true });
  tables.mounts['identity/'] = builtIn('identity', 'identity store', { passthroughRequestHeaders: ['Authorization'] });
  tables.mounts['sys/'] = builtIn('system', 'system endpoints used for control, policy and debugging', {
    sealWrap: true,
    passthroughRequestHeaders: ['Accept'],
  });
  tables.auth['token/'] = {
    ...builtIn('token', 'token based credentials', { tokenType: 'default-service' }),
    accessor: `auth_token_${randomHex(4)}`,
  };
  content.policies.default = defaultPolicy;
};

const builtIn = (type: string, description: string, more: Partial<MountEntry>): MountEntry => ({
  type,
  description,
  accessor: `${type}_${randomHex(4)}`,
  uuid: crypto.randomUUID(),
  local: false,
  sealWrap: false,
  externalEntropyAccess: false,
  options: null,
  defaultLeaseTtl: 0,
  maxLeaseTtl: 0,
  ...more,
});

/** As many shares, in hex. */
export const newShares = (count: number): string[] =>
  // A single share is the key itself; several are one byte longer each.
  Array.from({ length: count }, () => randomHex(count === 1 ? 32 : 33));

/** Random bytes as hex digits. */
export const randomHex = (bytes: number): string =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex');
