/** `. Did you mean …?` with the nearest of the allowed words, to end a sentence with; '' if none is near. */
export const didYouMean = (word: string, allowed: Iterable<string>): string => {
  const nearest = closest(word, allowed);
  return nearest === undefined ? '' : `. Did you mean ${nearest}?`;
};

/** The nearest allowed word by edit distance; undefined if too much of the word would have to change. */
const closest = (word: string, allowed: Iterable<string>): string | undefined => {
  const limit = word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3));
  const ranked = [...allowed]
    .filter((candidate) => Math.abs(candidate.length - word.length) <= limit)
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
};

/** Letters to insert, drop, replace or swap with their neighbour to make one word the other. */
const editDistance = (from: string, to: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let col = 1; col <= to.length; col++) {
      const replaced = at(last, col - 1) + (from[row - 1] === to[col - 1] ? 0 : 1);
      const swaps = row > 1 && col > 1 && from[row - 1] === to[col - 2] && from[row - 2] === to[col - 1];
      const swapped = swaps ? at(beforeLast, col - 2) + 1 : replaced;
      current.push(Math.min(at(last, col) + 1, at(current, col - 1) + 1, replaced, swapped));
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, to.length);
};

const at = (row: readonly number[], index: number): number => row[index] ?? 0;
