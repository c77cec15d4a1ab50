import { pause } from '../../../engine/pause.ts';
import type { Settled } from '../../../engine/resource.ts';
import type { AwsClient } from '../client.ts';

const looks = 20;
const pauseMs = 500;

const unheard = (what: string): string => `IAM has not told all its servers of ${what} yet; that takes seconds`;

/**
 * Looks until IAM shows what was written, for ten seconds: it answers from copies that may not have heard of it yet, and
 * the engine reads right after. What is not seen by then, the engine's own read tells.
 */
export const untilSeen = async (
  { stopping }: Pick<AwsClient, 'stopping'>,
  what: string,
  waiting: ((because: string) => void) | undefined,
  isSeen: () => Promise<boolean>,
): Promise<void> => {
  for (let look = 0; look < looks; look++) {
    if (await isSeen()) return;
    waiting?.(unheard(what));
    await pause(pauseMs, stopping);
  }
};

/** Settled once a further look shows it, too: one copy that knows it is not all of them. */
export const settledWhen = async (what: string, isSeen: () => Promise<boolean>): Promise<Settled> =>
  (await isSeen()) ? { state: 'done' } : { state: 'waiting', because: unheard(what) };
