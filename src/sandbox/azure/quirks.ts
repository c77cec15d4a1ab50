/** What Azure is like on a bad day; everything is off by default. */
export interface QuirkOptions {
  /** Every n-th call of ARM is one too many. */
  readonly throttleEvery?: number;
  /** What `Retry-After` says then, in seconds. Default: 1. */
  readonly retryAfter?: number;
  /** How many role assignments for a new identity find that the directory does not know it. */
  readonly stalePrincipals?: number;
  /** How many calls a vault refuses before it has heard of a new role assignment. */
  readonly staleAssignments?: number;
  /** How many logins find that a new federated credential is not known. */
  readonly staleCredentials?: number;
}

/** The same, at work. */
export interface Quirks {
  /** Seconds to wait if this call is one too many. */
  throttled(): number | undefined;
  /** Something is new, and will not be known everywhere at once. */
  made(what: Replicated, id: string): void;
  /** Whether it is known where it is asked for now; each question is one step closer. */
  knows(what: Replicated, id: string): boolean;
}

/** What takes its time to be known everywhere. */
export type Replicated = 'principal' | 'assignment' | 'credential';

export const quirksOf = (options: QuirkOptions = {}): Quirks => {
  const { throttleEvery = 0, retryAfter = 1 } = options;
  const stale: Readonly<Record<Replicated, number>> = {
    principal: options.stalePrincipals ?? 0,
    assignment: options.staleAssignments ?? 0,
    credential: options.staleCredentials ?? 0,
  };
  const left = new Map<string, number>();
  let calls = 0;
  return {
    throttled: () => {
      calls += 1;
      return throttleEvery > 0 && calls % throttleEvery === 0 ? retryAfter : undefined;
    },
    made: (what, id) => {
      left.set(`${what} ${id.toLowerCase()}`, stale[what]);
    },
    knows: (what, id) => {
      const key = `${what} ${id.toLowerCase()}`;
      const count = left.get(key) ?? 0;
      if (count > 0) left.set(key, count - 1);
      return count === 0;
    },
  };
};
