/** How the user stops a run. */
export interface Stopping {
  /** After the first Ctrl-C: start nothing more. */
  readonly stop: AbortSignal;
  /** After the second one: give up on what is under way, too. */
  readonly abort: AbortSignal;
  /** Gives the signals back to Node. */
  dispose(): void;
}

// One Ctrl-C may arrive twice: from the terminal, and passed on by npm.
const sameKeyMs = 300;

/**
 * Listens for SIGINT and SIGTERM. `finishing` is told at the first one where there is something to finish;
 * without it the first one aborts. After the second, the next one ends the process as usual.
 */
export const listenForStop = (finishing?: () => void): Stopping => {
  const [stop, abort] = [new AbortController(), new AbortController()];
  let last = Number.NEGATIVE_INFINITY;
  const onSignal = () => {
    const again = performance.now() - last > sameKeyMs;
    last = performance.now();
    if (!again) return;
    if (stop.signal.aborted || finishing === undefined) {
      stop.abort();
      abort.abort();
      dispose();
      return;
    }
    stop.abort();
    finishing();
  };
  const dispose = () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return { stop: stop.signal, abort: abort.signal, dispose };
};
