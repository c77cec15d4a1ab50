import { fail } from './failure.ts';

// Values are cut out of JSON text as they stand there: their bytes end up in Secrets, so that numbers and spaces count.

/** The member of an object or the element of a list, as raw text; undefined if there is none. */
const rawMember = (text: string, key: string): string | undefined => {
  const whole = text.trim();
  const isList = whole.startsWith('[');
  if (!isList && !whole.startsWith('{')) return undefined;
  let found: string | undefined;
  eachMember(whole, (name, raw) => {
    if (name === key) found = raw;
  });
  return found;
};

/** All members of an object, as raw text. Text that is not an object gives undefined. */
export const rawMembers = (text: string): ReadonlyMap<string, string> | undefined => {
  if (!isJson(text) || !text.trim().startsWith('{')) return undefined;
  const members = new Map<string, string>();
  eachMember(text.trim(), (name, raw) => members.set(name, raw));
  return members;
};

/** The value at a path of keys and indices with dots between; a dot in a key is written `\.`. */
export const rawAt = (text: string, path: string): string | undefined => {
  if (/[#*?|@!{}[\]()]/.test(path)) return fail(`the sandbox reads plain paths only, not "${path}"`);
  if (!isJson(text)) return undefined;
  let raw: string | undefined = text;
  for (const key of path.split(/(?<!\\)\./).map((part) => part.replaceAll('\\.', '.'))) {
    raw = raw === undefined ? undefined : rawMember(raw, key);
  }
  return raw;
};

/** What a raw value is as a string: strings without quotes, null as nothing, fractions without idle digits. */
export const textOfRaw = (raw: string): string => {
  if (raw === 'null') return '';
  if (raw.startsWith('"')) return String(JSON.parse(raw));
  const isFraction = /^-?\d.*[.eE]/.test(raw);
  return isFraction ? String(Number(raw)) : raw;
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** Walks over the members of an object, or the elements of a list, of text that is known to be JSON. */
const eachMember = (text: string, visit: (name: string, raw: string) => void): void => {
  const isList = text.startsWith('[');
  let depth = 0;
  let start = 1;
  let name: string | undefined;
  let index = 0;
  const close = (end: number): void => {
    const raw = text.slice(start, end).trim();
    if (raw !== '') visit(isList ? String(index) : (name ?? ''), raw);
    index += 1;
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') {
      const end = endOfString(text, at);
      if (depth === 1 && !isList && name === undefined) name = String(JSON.parse(text.slice(at, end + 1)));
      at = end;
    } else if (char === '{' || char === '[') {
      depth += 1;
    } else if (char === '}' || char === ']') {
      depth -= 1;
      if (depth === 0) close(at);
    } else if (depth === 1 && char === ':') {
      start = at + 1;
    } else if (depth === 1 && char === ',') {
      close(at);
      start = at + 1;
      name = undefined;
    }
  }
};

const endOfString = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
};

/** JSON as Go writes it: keys sorted, `<`, `>` and `&` escaped unless told otherwise. */
export const goJson = (value: unknown, escapeHtml = true): string => {
  if (Array.isArray(value)) return `[${value.map((item) => goJson(item, escapeHtml)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
    return `{${members.map(([key, member]) => `${goJson(key, escapeHtml)}:${goJson(member, escapeHtml)}`).join(',')}}`;
  }
  const safe = (JSON.stringify(value) ?? 'null').replace(/[\u2028\u2029]/g, escaped);
  return escapeHtml ? safe.replace(/[<>&]/g, escaped) : safe;
};

const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
