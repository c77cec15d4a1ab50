/** The name that was probably meant, if one is near enough: for "did you mean". */
export const closest = (wanted: string, names: readonly string[]): string | undefined => {
  const limit = Math.max(2, Math.floor(wanted.length / 4));
  const near = names.map((name) => ({ name, edits: edits(wanted, name) })).filter(({ edits: count }) => count <= limit);
  return near.toSorted((a, b) => a.edits - b.edits)[0]?.name;
};

/** How many single characters to change, add or drop to turn one text into the other. */
const edits = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const swap = (row[j] ?? 0) + (from[i] === to[j] ? 0 : 1);
      next.push(Math.min(swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};
