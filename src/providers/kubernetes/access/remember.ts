/** The same answer, good or bad, to everybody who asks within the time; a new one to whoever was refused with it. */
export const rememberFor = <Value>(
  milliseconds: number,
  ask: () => Promise<Value>,
): ((refused?: Value) => Promise<Value>) => {
  let until = 0;
  let last: Promise<Value> | undefined;
  return async (refused) => {
    const known = last;
    if (known !== undefined && Date.now() < until && (refused === undefined || (await known) !== refused)) return known;
    // Many may be refused at once: the first of them asks for all.
    if (last === known || last === undefined) {
      until = Date.now() + milliseconds;
      last = ask();
    }
    return last;
  };
};
