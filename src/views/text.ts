import stringWidth from 'string-width';

// Text that came from a server, a file or a name may hold control or direction-changing characters; a terminal would obey them.
const escapeControls = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`);

/** Foreign text on one line, safe for a terminal. */
export const oneLine = (text: string): string => escapeControls(text.replace(/\s*[\r\n]+\s*/g, ' '));

/** Foreign text line by line, safe for a terminal. */
export const manyLines = (text: string): string[] => text.trimEnd().split(/\r?\n/).map(escapeControls);

/** `1 field`, `2 fields`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** For people: `120 ms`, `19.8 s`, `2 m 05 s`. */
export const milliseconds = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, '0')} s`;
};

/** Rows as lines with aligned columns; a column grows to `widest` at most, longer cells push their own row only. Cells may hold colours. */
export const table = (rows: readonly (readonly string[])[], widest = 76): string[] => {
  const sized = rows.map((row) => row.map((cell) => ({ cell, width: stringWidth(cell) })));
  const widths = sized.reduce<number[]>(
    (known, row) => row.map(({ width }, column) => Math.max(known[column] ?? 0, width > widest ? 0 : width)),
    [],
  );
  return sized.map((row) =>
    row
      .map(({ cell, width }, column) =>
        column === row.length - 1 ? cell : cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - width)),
      )
      .join('  ')
      .trimEnd(),
  );
};

const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Text cut in its middle to so many columns; undefined: never cut. Not for addresses, which are never cut. */
export const cut = (text: string, columns: number | undefined): string => {
  if (columns === undefined || stringWidth(text) <= columns) return text;
  const all = [...letters.segment(text)].map(({ segment }) => segment);
  const half = Math.max(4, Math.floor((columns - 1) / 2));
  return `${upTo(all, half).join('')}…${upTo(all.toReversed(), half).toReversed().join('')}`;
};

const upTo = (segments: readonly string[], columns: number): string[] => {
  const taken: string[] = [];
  let width = 0;
  for (const segment of segments) {
    width += stringWidth(segment);
    if (width > columns) break;
    taken.push(segment);
  }
  return taken;
};

/** Names of groups with their members, in the order of first appearance. */
export const grouped = <Item>(items: readonly Item[], name: (item: Item) => string): [string, Item[]][] => [
  ...Map.groupBy(items, name),
];

/** A gate that a run waits for. Reasons are sentences of their own (`waits for Vault at …`), so none of their words comes before them. */
export const shutGate = (gate: string, because: string): string => `${gate} is shut: ${oneLine(because)}`;
