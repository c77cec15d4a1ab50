import type { Condition } from './conditions.ts';

/** What was to be seen of an object just before lab changed it. */
export interface Before {
  readonly condition: Condition | undefined;
  /** Versions of the events about it. */
  readonly events: ReadonlySet<string>;
  /** Milliseconds of this process's clock. */
  readonly at: number;
}
