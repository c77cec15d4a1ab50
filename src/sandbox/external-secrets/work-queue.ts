/** What follows a piece of work: nothing until something changes, the same after some seconds, or another try. */
export type Outcome =
  | { readonly next: 'wait' }
  | { readonly next: 'again'; readonly after: number }
  | { readonly next: 'retry' };

/** Work by keys: one piece a key at a time, and once more if the key was added meanwhile. */
export interface WorkQueue {
  add(key: string): void;
  /** Until nothing is being done or waiting its turn. What waits for a time does not count. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** Milliseconds before the first and before the slowest retry; each is twice the one before. */
export interface Backoff {
  readonly first: number;
  readonly most: number;
}

/** Node's timers hold no more than 32 bits. */
const longestTimer = 2 ** 31 - 1;

/** Opens a queue. What `work` throws is a bug: the other keys go on, and the first of them comes out of idle() and stop(). */
export const openWorkQueue = (work: (key: string) => Promise<Outcome>, { first, most }: Backoff): WorkQueue => {
  const waiting = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const timers = new Map<string, NodeJS.Timeout>();
  const failures = new Map<string, number>();
  let bug: { readonly error: unknown } | undefined;
  let stopped = false;

  const later = (key: string, milliseconds: number): void => {
    const timer = setTimeout(() => add(key), Math.min(milliseconds, longestTimer));
    timers.set(key, timer.unref());
  };

  const run = async (key: string): Promise<void> => {
    // What changed the object may still be at work on others.
    await new Promise((resolve) => setImmediate(resolve));
    clearTimeout(timers.get(key));
    timers.delete(key);
    waiting.delete(key);
    const outcome = await work(key).catch((error: unknown): Outcome => {
      bug ??= { error };
      return { next: 'retry' };
    });
    const failed = outcome.next === 'retry' ? (failures.get(key) ?? 0) + 1 : 0;
    failures.set(key, failed);
    if (stopped || outcome.next === 'wait') return;
    later(key, outcome.next === 'again' ? outcome.after * 1000 : Math.min(first * 2 ** (failed - 1), most));
  };

  const start = (key: string): void => {
    const done = run(key).finally(() => {
      running.delete(key);
      if (waiting.has(key) && !stopped) start(key);
    });
    running.set(key, done);
  };

  const add = (key: string): void => {
    if (stopped) return;
    waiting.add(key);
    if (!running.has(key)) start(key);
  };

  const idle = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running.values());
    if (bug !== undefined) throw bug.error;
  };

  return {
    add,
    idle,
    stop: async () => {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
      await idle();
    },
  };
};
