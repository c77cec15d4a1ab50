import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from '../errors.ts';
import type { StateSession, StateStore } from '../state/store.ts';
import { oneLine } from '../views/text.ts';
import { cancelled } from './signals.ts';

/** How a run waits for a lock that another one holds. */
export interface Patience {
  /** Seconds; undefined: not at all. */
  readonly seconds: number | undefined;
  /** Ends the waiting. */
  readonly stop: AbortSignal;
  readonly say: (line: string) => void;
}

const pauseMs = 1_000;

/** Opens the state once its lock is free. Throws LOCKED with the holder when the patience is at its end. */
export const openWhenFree = async (
  store: StateStore,
  { seconds = 0, stop, say }: Patience,
  ...wanted: Parameters<StateStore['open']>
): Promise<StateSession> => {
  const until = performance.now() + seconds * 1000;
  let told = '';
  for (;;) {
    try {
      return await store.open(...wanted);
    } catch (error) {
      if (!(error instanceof LabError) || error.code !== 'LOCKED' || performance.now() >= until) throw error;
      // Told again when another run has taken it meanwhile.
      if (error.message !== told) say(oneLine(`Waiting: ${error.message}`));
      told = error.message;
    }
    await sleep(Math.min(pauseMs, Math.max(0, until - performance.now())), undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) throw cancelled('stopped while waiting for the lock, nothing was changed');
  }
};
