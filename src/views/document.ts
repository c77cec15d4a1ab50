/** How a command ended: its exit code, and every condition that holds, of which the code shows only the first. */
export interface Exit {
  readonly code: number;
  readonly conditions: readonly string[];
}

/** What every JSON document of lab begins with. */
export interface Document {
  readonly formatVersion: 1;
  readonly exit: Exit;
}
