import { type ParsedDuration, parseDuration } from './duration.ts';

/** What Vault converts a field of a request to. */
interface FieldTypes {
  string: string;
  int: number;
  bool: boolean;
  /** A duration in seconds, not negative. */
  seconds: number;
  /** A duration in seconds that may be negative. */
  signedSeconds: number;
  /** A list, or a comma-separated string. */
  commaList: readonly string[];
  /** A list, or a string that is its only item. */
  list: readonly string[];
  ints: readonly number[];
  map: Readonly<Record<string, unknown>>;
  pairs: Readonly<Record<string, string>>;
}

/** The fields that an endpoint knows. */
export type Fields = Readonly<Record<string, keyof FieldTypes>>;

/** Their values in one request; undefined where the request does not have them. */
export type Values<F extends Fields> = { readonly [Name in keyof F]?: FieldTypes[F[Name]] };

type Converted<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

const ok = <T>(value: T): Converted<T> => ({ ok: true, value });
const bad = (error: string) => ({ ok: false, error }) as const;

/** Converts a request's fields; says of the first that cannot be converted why, in Vault's words. */
export const convertFields = <F extends Fields>(
  fields: F,
  body: Readonly<Record<string, unknown>>,
): Converted<Values<F>> => {
  const values: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(fields)) {
    if (!Object.hasOwn(body, name)) continue;
    const converted = converters[type](body[name]);
    if (!converted.ok) return bad(`error converting input for field "${name}": ${converted.error}`);
    values[name] = converted.value;
  }
  // Built by the converters of these very fields.
  const converted: Values<F> = Object.assign(Object.create(null), values);
  return ok(converted);
};

const toText = (value: unknown): Converted<string> => {
  if (value === null) return ok('');
  if (typeof value === 'string') return ok(value);
  if (typeof value === 'boolean') return ok(value ? '1' : '0');
  if (typeof value === 'number') return ok(String(value));
  return bad(`'' expected type 'string', got unconvertible type '${goType(value)}', value: '${goText(value)}'`);
};

const toInt = (value: unknown): Converted<number> => {
  if (value === null || value === '') return ok(0);
  if (typeof value === 'boolean') return ok(Number(value));
  if (typeof value === 'number' || (typeof value === 'string' && /^[-+]?\d+$/.test(value))) return ok(Number(value));
  if (typeof value !== 'string') return bad(`'' expected type 'int', got unconvertible type '${goType(value)}'`);
  return bad(`cannot parse '' as int: strconv.ParseInt: parsing "${value}": invalid syntax`);
};

const truths = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const falsehoods = ['', '0', 'f', 'F', 'FALSE', 'false', 'False'];

const toBool = (value: unknown): Converted<boolean> => {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return ok(Boolean(value));
  if (typeof value !== 'string') return bad(`'' expected type 'bool', got unconvertible type '${goType(value)}'`);
  if (truths.includes(value)) return ok(true);
  if (falsehoods.includes(value)) return ok(false);
  return bad(`cannot parse '' as bool: strconv.ParseBool: parsing "${value}": invalid syntax`);
};

const toSignedSeconds = (value: unknown): Converted<number> => {
  if (value === null) return ok(0);
  if (typeof value !== 'number' && typeof value !== 'string') return bad('could not parse duration from input');
  const parsed: ParsedDuration = parseDuration(value);
  return parsed.ok ? ok(parsed.seconds) : bad(parsed.error);
};

const toSeconds = (value: unknown): Converted<number> => {
  const parsed = toSignedSeconds(value);
  return parsed.ok && parsed.value < 0 ? bad(`cannot provide negative value '${parsed.value}'`) : parsed;
};

const all = <T>(items: readonly Converted<T>[]): Converted<readonly T[]> => {
  const failed = items.find((item) => !item.ok);
  return failed === undefined ? ok(items.flatMap((item) => (item.ok ? [item.value] : []))) : failed;
};

const toList = (value: unknown): Converted<readonly string[]> => {
  if (value === null) return ok([]);
  return all((Array.isArray(value) ? value : [value]).map(toText));
};

const toCommaList = (value: unknown): Converted<readonly string[]> => {
  const parts = typeof value === 'string' ? value.split(',') : value;
  const list = toList(parts);
  return list.ok ? ok(list.value.map((item) => item.trim()).filter((item) => item !== '')) : list;
};

const toInts = (value: unknown): Converted<readonly number[]> => {
  const parts = typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value;
  return all((Array.isArray(parts) ? parts : [parts]).map(toInt));
};

const toMap = (value: unknown): Converted<Readonly<Record<string, unknown>>> => {
  if (value === null || value === undefined) return ok({});
  if (Array.isArray(value)) {
    const odd = value.findIndex((item) => !isMap(item));
    if (odd >= 0) return bad(`'[${odd}]' expected a map, got '${goKind(value[odd])}'`);
    return ok(Object.assign({}, ...value));
  }
  return isMap(value) ? ok(value) : bad(`'' expected a map, got '${goKind(value)}'`);
};

const toPairs = (value: unknown): Converted<Readonly<Record<string, string>>> => {
  const map = toMap(value);
  if (!map.ok) return map;
  const pairs = all(
    Object.entries(map.value).map(([key, item]) => {
      const text = toText(item);
      return text.ok ? ok([key, text.value] as const) : text;
    }),
  );
  return pairs.ok ? ok(Object.fromEntries(pairs.value)) : pairs;
};

const converters: { readonly [Type in keyof FieldTypes]: (value: unknown) => Converted<FieldTypes[Type]> } = {
  string: toText,
  int: toInt,
  bool: toBool,
  seconds: toSeconds,
  signedSeconds: toSignedSeconds,
  commaList: toCommaList,
  list: toList,
  ints: toInts,
  map: toMap,
  pairs: toPairs,
};

/** One value as Vault turns it to a string, for maps of strings. */
export const convertText = toText;

/** Whether a parsed JSON value is an object. */
export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const goType = (value: unknown): string => {
  if (Array.isArray(value)) return '[]interface {}';
  return isMap(value) ? 'map[string]interface {}' : typeof value;
};

const goKind = (value: unknown): string =>
  typeof value === 'boolean' ? 'bool' : Array.isArray(value) ? 'slice' : typeof value;

/** A value as Go's `%v` prints it. */
const goText = (value: unknown): string => {
  if (value === null) return '<nil>';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isMap(value)) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${goText(item)}`).join(' ')}]`;
};
