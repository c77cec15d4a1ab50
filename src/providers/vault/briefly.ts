/** A question whose answer is asked once and then shared: by those who ask meanwhile, and for `ms` after it came. */
export interface Briefly<T> {
  ask(): Promise<T>;
  /** The next to ask gets a new answer. */
  forget(): void;
}

/** Wraps a question so that bursts of the same one become one call. Failures are not kept. */
export const briefly = <T>(ms: number, question: () => Promise<T>): Briefly<T> => {
  let shared: Promise<T> | undefined;
  const drop = (promise: Promise<T>) => {
    if (shared === promise) shared = undefined;
  };
  const ask = () => {
    if (shared !== undefined) return shared;
    const asked = question();
    shared = asked;
    asked.then(
      () => setTimeout(drop, ms, asked).unref(),
      () => drop(asked),
    );
    return asked;
  };
  return {
    ask,
    forget: () => {
      shared = undefined;
    },
  };
};
