/** `1 role`, `2 roles`; undefined for none. */
export const amount = (number: number, one: string, many: string): string | undefined =>
  number === 0 ? undefined : `${number} ${number === 1 ? one : many}`;

/** What is left of several, in one line; undefined if nothing is. */
export const told = (parts: readonly (string | undefined)[]): string | undefined => {
  const said = parts.filter((part) => part !== undefined);
  return said.length === 0 ? undefined : said.join(', ');
};
