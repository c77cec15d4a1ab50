import type { Json } from '../engine/value.ts';
import { manyLines, oneLine } from './text.ts';

/** One line of a difference: `-` was, `+` will be, ` ` stays. */
export interface DiffLine {
  readonly mark: '-' | '+' | ' ';
  readonly text: string;
}

// json-diff compares lists in O(n·m); past this size a value is shown whole.
const mostItems = 300;
const context = 3;

/** Whether two values are better told apart line by line: texts of several lines, maps, lists of maps. */
export const isStructured = (before: Json, after: Json): boolean =>
  (isText(before) && isText(after)) || (isTree(before) && isTree(after));

/** Before and after, line by line; undefined where that would cost too much. Loads json-diff at its first use. */
export const diffLines = async (before: Json, after: Json): Promise<DiffLine[] | undefined> => {
  if (itemsIn(before) > mostItems || itemsIn(after) > mostItems) return undefined;
  const { diff, diffString } = await import('json-diff');
  if (typeof before === 'string' && typeof after === 'string') {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- json-diff is typed as any; for two lists of text this is its documented shape
    const lines = (diff(linesOf(before), linesOf(after), { full: true }) ?? []) as readonly [string, string][];
    return nearChanges(lines.map(([mark, text]) => ({ mark: markOf(mark), text: oneLine(text) })));
  }
  const text = diffString(before, after, { color: false, maxElisions: 1 });
  return manyLines(text).map((line) => ({ mark: markOf(line.charAt(0)), text: line.slice(1) }));
};

// A text without a line break at its end differs from one with it, and a mark shows it.
const linesOf = (text: string): string[] =>
  text.endsWith('\n') ? text.slice(0, -1).split('\n') : `${text} (no line break at the end)`.split('\n');

const isText = (value: Json): boolean => typeof value === 'string' && value.trimEnd().includes('\n');

const isTree = (value: Json): boolean => {
  if (Array.isArray(value)) return value.some((item) => typeof item === 'object' && item !== null);
  return typeof value === 'object' && value !== null;
};

const itemsIn = (value: Json): number => {
  if (typeof value === 'string') return value.split('\n').length;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, item: Json) => sum + itemsIn(item), 0);
};

const markOf = (text: string): DiffLine['mark'] => (text === '+' || text === '-' ? text : ' ');

const nearChanges = (lines: readonly DiffLine[]): DiffLine[] => {
  const isNear = (index: number) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some(({ mark }) => mark !== ' ');
  return lines.flatMap((line, index): DiffLine[] => {
    if (isNear(index)) return [line];
    return index === 0 || isNear(index - 1) ? [{ mark: ' ', text: '…' }] : [];
  });
};
