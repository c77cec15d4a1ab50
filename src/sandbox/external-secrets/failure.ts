/** Why something that the operator tried did not work, in the words of its events. */
export interface Failure {
  readonly message: string;
  /**
   * absent: the store has no such secret, which a deletion policy may allow. terminal: trying again would not help.
   * unknown: whether the store can be used could not be found out.
   */
  readonly kind: 'failed' | 'absent' | 'terminal' | 'unknown';
  /** Of a terminal one: what its condition says. */
  readonly condition?: string;
}

const failures = new WeakMap<Error, Failure>();

/** Ends what is being tried; the reconciler finds the failure with `failureIn`. */
export const fail = (message: string, more: Partial<Failure> = {}): never => {
  const error = new Error(message);
  failures.set(error, { kind: 'failed', ...more, message });
  throw error;
};

/** The store has no such secret. */
export const failAbsent = (): never => fail('Secret does not exist', { kind: 'absent' });

/** The failure that an error stands for; undefined for every other error, which is a bug. */
export const failureIn = (error: unknown): Failure | undefined =>
  error instanceof Error ? failures.get(error) : undefined;

/** Runs something and puts words before the message of its failure. */
export const explaining = async <T>(words: string, run: () => T | Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (error) {
    const failure = failureIn(error);
    if (failure === undefined) throw error;
    return fail(`${words}${failure.message}`, failure);
  }
};
