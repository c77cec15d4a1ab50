/** A question of which equal ones at about the same time become one call. */
export interface SharedQuestion<T> {
  ask(): Promise<T>;
  /** The next to ask gets a new answer. */
  forget(): void;
}

/**
 * Shares a question's answer with those who ask meanwhile and for `ms` after it came; without `ms`, from then on.
 * A failure is not kept.
 */
export const sharedQuestion = <T>(question: () => Promise<T>, ms?: number): SharedQuestion<T> => {
  let shared: { readonly answer: Promise<T>; until: number } | undefined;
  const ask = (): Promise<T> => {
    if (shared !== undefined && performance.now() < shared.until) return shared.answer;
    const asked = { answer: question(), until: Number.POSITIVE_INFINITY };
    shared = asked;
    asked.answer.then(
      () => {
        if (ms !== undefined) asked.until = performance.now() + ms;
      },
      () => {
        asked.until = 0;
      },
    );
    return asked.answer;
  };
  return {
    ask,
    forget: () => {
      shared = undefined;
    },
  };
};
