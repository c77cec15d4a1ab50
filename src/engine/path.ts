/** A field's place in a spec. */
export type Path = readonly (string | number)[];

/** A field's path for people and as a key: `rules[0].path`, `data["ca.crt"]`. */
export const formatPath = (segments: Path): string =>
  segments.reduce<string>((text, segment) => {
    if (typeof segment === 'number') return `${text}[${segment}]`;
    if (!/^[A-Za-z_][\w-]*$/.test(segment)) return `${text}[${JSON.stringify(segment)}]`;
    return text === '' ? segment : `${text}.${segment}`;
  }, '');

/** The segments of what formatPath() wrote. */
export const parsePath = (text: string): (string | number)[] =>
  [...text.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([A-Za-z_][\w-]*)/g)].map(([, index, quoted, name = '']) => {
    if (index !== undefined) return Number(index);
    return quoted === undefined ? name : String(JSON.parse(quoted));
  });
