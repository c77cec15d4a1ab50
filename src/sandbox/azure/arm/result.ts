/** What goes back: a status, a JSON body or none, and headers that matter. */
export interface ArmResult {
  readonly status: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
