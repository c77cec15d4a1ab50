/** One line of the table: what was measured, against what, and the ratio of the two. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly against: string;
  readonly ratio: string;
}

/** Rows as a Markdown table. */
export const markdown = (rows: readonly Row[]): string => {
  const cells = [
    ['what', 'measured', 'against', 'ratio'],
    ...rows.map(({ what, measured, against, ratio }) => [what, measured, against, ratio]),
  ];
  const lines = cells.map((row) => `| ${row.join(' | ')} |`);
  return [lines[0], '|---|---|---|---|', ...lines.slice(1)].join('\n');
};

/** A row of two times in milliseconds. */
export const timeRow = (what: string, took: number, against: string, base: number): Row => ({
  what,
  measured: `${took.toFixed(0)} ms`,
  against: `${against}, ${base.toFixed(0)} ms`,
  ratio: (took / base).toFixed(2),
});
