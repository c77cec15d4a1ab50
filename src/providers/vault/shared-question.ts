/** A question of which equal ones at about the same time become one call. */
export interface SharedQuestion<T> {
  ask(): Promise<T>;
  /** The next to ask gets a new answer. */
  forget(): void;
  /** Likewise, unless others got a newer answer than this one meanwhile. */
  forgetIf(answer: T): void;
}

const failureMs = 1_000;

/**
 * Shares a question's answer with those who ask meanwhile and for `ms` after it came; without `ms`, from then on. A
 * failure is shared for a second, so that a hundred who ask at once do not fail a hundred times.
 */
export const sharedQuestion = <T>(question: () => Promise<T>, ms = Number.POSITIVE_INFINITY): SharedQuestion<T> => {
  let last: T | undefined;
  let shared: { readonly answer: Promise<T>; until: number } | undefined;
  const ask = (): Promise<T> => {
    if (shared !== undefined && performance.now() < shared.until) return shared.answer;
    const asked = { answer: question(), until: Number.POSITIVE_INFINITY };
    const keep = (time: number) => {
      asked.until = performance.now() + time;
    };
    asked.answer.then(
      (answer) => {
        last = answer;
        keep(ms);
      },
      () => keep(failureMs),
    );
    shared = asked;
    return asked.answer;
  };
  return {
    ask,
    forget: () => {
      shared = undefined;
    },
    forgetIf: (answer) => {
      if (answer === last) shared = undefined;
    },
  };
};
