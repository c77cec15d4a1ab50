import { setTimeout as pause } from 'node:timers/promises';
import { LabError } from '../../errors.ts';
import { type Failure, mayRetry } from './failure.ts';

/** What came of one try. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** How often and how long. The SDK's own retries are switched off: this is the one budget of a call. */
export interface Patience {
  /** Milliseconds before each further try. */
  readonly pauses: readonly number[];
  readonly signal: AbortSignal;
}

/** The pauses of a call if nothing else is said. */
export const defaultPauses: readonly number[] = [200, 400, 800, 1_600, 3_200];

/** Those of a call that waits for what takes minutes to be known everywhere. */
export const slowPauses: readonly number[] = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 30_000, 30_000];

/** Tries until it succeeds, cannot be helped, or the pauses are used up. `passes`: what else goes by itself. */
export const retrying = async <T>(
  { pauses, signal }: Patience,
  idempotent: boolean,
  attempt: () => Promise<Outcome<T>>,
  passes: (failure: Failure) => boolean = () => false,
): Promise<Outcome<T>> => {
  for (const ms of pauses) {
    const outcome = await attempt();
    if (outcome.ok || !(mayRetry(outcome.failure, idempotent) || passes(outcome.failure))) return outcome;
    await rest(Math.max(ms * (0.5 + Math.random()), retryAfterMs(outcome.failure)), signal);
  }
  return attempt();
};

const retryAfterMs = (failure: Failure): number =>
  failure.is === 'answered' ? Math.min(failure.retryAfter ?? 0, 30) * 1_000 : 0;

/** Waits. Throws CANCELLED as soon as the run is cancelled. */
export const rest = async (ms: number, signal: AbortSignal): Promise<void> => {
  try {
    await pause(ms, undefined, { signal });
  } catch {
    throw cancelled();
  }
};

export const cancelled = (): LabError => new LabError('CANCELLED', 'The call to Azure was cancelled');
