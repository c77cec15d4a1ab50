import { LabError } from '../errors.ts';

/** How the user stops a run. */
export interface Stopping {
  /** After the first Ctrl-C: start nothing more. */
  readonly stop: AbortSignal;
  /** After the second one: give up on what is under way, too. */
  readonly abort: AbortSignal;
}

// One Ctrl-C may arrive twice: from the terminal, and passed on by npm.
const sameKeyMs = 300;

/** What a stopped command throws. */
export const cancelled = (what: string): LabError =>
  new LabError('CANCELLED', what, { next: 'Run it again when you want to go on.' });

/**
 * Runs something that SIGINT and SIGTERM may stop. `finishing` is told at the first one where there is something to
 * finish; without it the first one aborts. After an abort the next one ends the process as usual.
 */
export const stoppable = async <Result>(
  finishing: (() => void) | undefined,
  work: (stopping: Stopping) => Promise<Result>,
): Promise<Result> => {
  const [stop, abort] = [new AbortController(), new AbortController()];
  let last = Number.NEGATIVE_INFINITY;
  const onSignal = () => {
    const sameKey = performance.now() - last < sameKeyMs;
    last = performance.now();
    if (sameKey) return;
    const isFirst = !stop.signal.aborted;
    stop.abort();
    if (isFirst && finishing !== undefined) return finishing();
    ignore();
    abort.abort();
  };
  const ignore = () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    const result = await work({ stop: stop.signal, abort: abort.signal });
    if (abort.signal.aborted) throw cancelled('stopped');
    return result;
  } catch (error) {
    // Whatever an aborted call threw, the user's Ctrl-C is the cause.
    throw abort.signal.aborted ? cancelled('stopped; what had begun is in the journal') : error;
  } finally {
    ignore();
  }
};
