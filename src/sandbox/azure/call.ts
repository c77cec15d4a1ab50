import type { VaultContent } from './content.ts';

/** One request to a vault, as an operation sees it. */
export interface Call {
  readonly secrets: VaultContent;
  /** `https://NAME.vault.azure.net` */
  readonly origin: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Name and version of the path; '' where it names none. */
  readonly params: readonly [name: string, version: string];
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How long a deletion or a recovery takes. */
  readonly settleMs: number;
  /** The content was changed. */
  changed(): void;
}
