import stringWidth from 'string-width';
import type { FieldChange } from '../engine/change.ts';
import { causeText, type FieldWording } from './field.ts';
import type { Screen } from './screen.ts';
import type { Style } from './style.ts';
import { oneLine, table } from './text.ts';
import { type DiffLine, diffLines, isStructured } from './value-diff.ts';

const widestPath = 48;
const indent = ' '.repeat(6);

/** Fields below the line of their resource: `path  value`, and what is long or nested line by line below its path. */
export const fieldLines = async (
  fields: readonly FieldChange[],
  wording: FieldWording,
  { style, width }: Screen,
): Promise<string[]> => {
  const paths = fields.map(({ path }) => oneLine(path));
  const widths = paths.map((path) => stringWidth(path)).filter((columns) => columns <= widestPath);
  const left = width === undefined ? undefined : Math.max(20, width - indent.length - Math.max(0, ...widths) - 2);
  const inside = await Promise.all(fields.map(insideOf));
  const rows = table(
    fields.map((field, index) => [
      paths[index] ?? '',
      inside[index] === undefined ? wording(field, left) : causeText[field.cause].trim(),
    ]),
    widestPath,
  );
  return rows.flatMap((row, index) => [
    `${indent}${row}`,
    ...(inside[index] ?? []).map((line) => `${indent}  ${painted(line, style)}`),
  ]);
};

const insideOf = async ({ before, after }: FieldChange): Promise<DiffLine[] | undefined> =>
  'known' in before && 'known' in after && isStructured(before.known, after.known)
    ? diffLines(before.known, after.known)
    : undefined;

const painted = ({ mark, text }: DiffLine, style: Style): string => {
  const line = `${mark} ${text}`.trimEnd();
  switch (mark) {
    case '+':
      return style.good(line);
    case '-':
      return style.bad(line);
    case ' ':
      return style.quiet(line);
  }
};
