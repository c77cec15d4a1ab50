/** A connection. What Vault does not know of is a detail: it goes to the plugin, and is shown again. */
export interface DatabaseConnection {
  readonly pluginName: string;
  readonly allowedRoles: readonly string[];
  readonly rotationStatements: readonly string[];
  readonly passwordPolicy: string;
  readonly verify: boolean;
  /** The password among them. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** What made users are like. Lifetimes in seconds, 0 = as the mount has it. */
export interface DatabaseRole {
  readonly connection: string;
  readonly defaultTtl: number;
  readonly maxTtl: number;
  readonly credentialType: string;
  readonly creation: readonly string[];
  readonly revocation: readonly string[];
  readonly renewal: readonly string[];
  readonly rollback: readonly string[];
}

/** A user of the database whose password Vault changes. */
export interface StaticRole {
  readonly connection: string;
  readonly username: string;
  readonly password: string;
  readonly credentialType: string;
  /** Seconds; 0 = by schedule. */
  readonly period: number;
  /** '' = by period. */
  readonly schedule: string;
  readonly window: number;
  readonly statements: readonly string[];
  /** Milliseconds since 1970. */
  readonly rotatedAt: number;
}

/** What one database engine holds. */
export interface DatabaseEngine {
  readonly connections: Record<string, DatabaseConnection>;
  readonly roles: Record<string, DatabaseRole>;
  readonly staticRoles: Record<string, StaticRole>;
}
