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
