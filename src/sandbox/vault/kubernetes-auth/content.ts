import type { TokenSettings } from '../auth/content.ts';

/** Where and how tokens are reviewed. */
export interface KubernetesConfig {
  readonly host: string;
  readonly ca: string;
  readonly pemKeys: readonly string[];
  /** '' = the token that logs in reviews itself. */
  readonly reviewerJwt: string;
  readonly issuer: string;
  readonly disableIssValidation: boolean;
  readonly disableLocalCaJwt: boolean;
  readonly useAnnotations: boolean;
}

/** Who may log in, and what the token is like. */
export interface KubernetesRole extends TokenSettings {
  readonly names: readonly string[];
  readonly namespaces: readonly string[];
  readonly namespaceSelector: string;
  /** '' = any. */
  readonly audience: string;
  readonly aliasNameSource: string;
}

/** What one kubernetes auth method holds. */
export interface KubernetesAuth {
  config?: KubernetesConfig;
  readonly roles: Record<string, KubernetesRole>;
}
