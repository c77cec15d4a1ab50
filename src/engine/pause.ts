import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from '../errors.ts';

/** Waits, and throws CANCELLED as soon as nothing is to be waited for any more. */
export const pause = async (ms: number, stopping: AbortSignal | undefined): Promise<void> => {
  try {
    await sleep(ms, undefined, stopping === undefined ? {} : { signal: stopping });
  } catch {
    throw new LabError('CANCELLED', 'stopped while waiting');
  }
};
