import type { TokenSettings } from '../auth/content.ts';

/** Whose tokens are believed. */
export interface JwtConfig {
  readonly discoveryUrl: string;
  readonly discoveryCa: string;
  readonly clientId: string;
  readonly jwksUrl: string;
  readonly jwksCa: string;
  readonly publicKeys: readonly string[];
  readonly issuer: string;
  readonly defaultRole: string;
}

/** Whose tokens let in, and what the token of Vault is like. */
export interface JwtRole extends TokenSettings {
  readonly roleType: string;
  readonly userClaim: string;
  readonly audiences: readonly string[];
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>> | null;
  readonly claimsType: string;
  readonly groupsClaim: string;
  readonly claimMappings: Readonly<Record<string, string>> | null;
  /** null: never written. */
  readonly redirectUris: readonly string[] | null;
  readonly scopes: readonly string[] | null;
  /** Seconds that clocks may differ. */
  readonly clockSkew: number;
  readonly expirationLeeway: number;
  readonly notBeforeLeeway: number;
}

/** What one auth method of type jwt or oidc holds. */
export interface JwtAuth {
  config?: JwtConfig;
  readonly roles: Record<string, JwtRole>;
}
