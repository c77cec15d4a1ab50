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

/** What an issued token is like. Lifetimes in seconds, 0 = as the mount has it. */
export interface TokenSettings {
  readonly policies: readonly string[];
  readonly ttl: number;
  readonly maxTtl: number;
  readonly period: number;
  readonly explicitMaxTtl: number;
  readonly uses: number;
  readonly boundCidrs: readonly string[];
  readonly noDefaultPolicy: boolean;
  readonly type: string;
  /** The fields that were last written under their old names, by those names. */
  readonly oldNames: readonly string[];
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
