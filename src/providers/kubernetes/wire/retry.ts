import { setTimeout as sleep } from 'node:timers/promises';

const triesPerCall = 4;
const firstPause = 250;
const longestPause = 10_000;

/** One connection's allowance for sending again: a server that is down must not be asked four times by every resource. */
export interface RetryBudget {
  /** Waits, and answers true, if the call may be sent once more after its n-th try. `retryAfter`: seconds that the server asked for. */
  again(attempt: number, retryAfter: number | undefined, signal: AbortSignal): Promise<boolean>;
  /** A call went well: the server lives, so some of the allowance comes back. */
  succeeded(): void;
}

/** Makes the allowance of one connection: `size` retries, regained by ten good calls each. */
export const retryBudget = (size = 20): RetryBudget => {
  let left = size;
  return {
    again: async (attempt, retryAfter, signal) => {
      if (attempt >= triesPerCall || left < 1) return false;
      left -= 1;
      await sleep(pause(attempt, retryAfter), undefined, { signal }).catch(() => undefined);
      return !signal.aborted;
    },
    succeeded: () => {
      left = Math.min(size, left + 0.1);
    },
  };
};

// Half of it is random, so that calls refused together do not come back together.
const pause = (attempt: number, retryAfter: number | undefined): number => {
  const wanted = retryAfter === undefined ? firstPause * 2 ** (attempt - 1) : retryAfter * 1000;
  const bounded = Math.min(wanted, longestPause);
  return retryAfter === undefined ? bounded * (0.5 + Math.random() / 2) : bounded;
};
