import type { TokenSettings } from '../auth/content.ts';

/** What proves a login beside the RoleID. Times in milliseconds since 1970. */
export interface SecretId {
  readonly id: string;
  readonly accessor: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: number;
  /** Seconds; 0 = for ever. */
  readonly ttl: number;
  /** Logins left; 0 = as many as one likes. */
  usesLeft: number;
}

/** Who may log in with a RoleID, and what the token is like. */
export interface AppRole extends TokenSettings {
  roleId: string;
  readonly bindSecretId: boolean;
  readonly secretIdTtl: number;
  readonly secretIdUses: number;
  readonly secretIdCidrs: readonly string[];
  /** By accessor. */
  readonly secretIds: Record<string, SecretId>;
}

/** What one approle auth method holds, by the name of the role. */
export type AppRoles = Record<string, AppRole>;
