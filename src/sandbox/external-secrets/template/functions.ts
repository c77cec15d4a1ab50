import { createHash } from 'node:crypto';
import { base64Fault } from '../decode.ts';
import { goJson } from '../json-text.ts';

/** A value while a template is rendered. */
export type TemplateValue =
  | string
  | number
  | boolean
  | null
  | readonly TemplateValue[]
  | Readonly<Record<string, string>>;

/** A value as Go prints it. */
export const printed = (value: TemplateValue): string => {
  if (value === null) return '<no value>';
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.map(printed).join(' ')}]`;
  const members = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `map[${members.map(([key, text]) => `${key}:${text}`).join(' ')}]`;
};

/** Whether a value is a list. */
export const isList = (value: TemplateValue | undefined): value is readonly TemplateValue[] => Array.isArray(value);

const listOf = (value: TemplateValue | undefined): readonly TemplateValue[] => (isList(value) ? value : []);

const text = (value: TemplateValue | undefined): string => (value === undefined ? '' : printed(value));

const isEmpty = (value: TemplateValue | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === 0 ||
  value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/** One function; the value of a pipeline comes as the last argument. */
type TemplateFunction = (...given: readonly TemplateValue[]) => TemplateValue;

const onText =
  (change: (value: string) => string): TemplateFunction =>
  (value) =>
    change(text(value));

const indented = (width: TemplateValue | undefined, value: TemplateValue | undefined): string =>
  text(value).replace(/^/gm, ' '.repeat(Number(width ?? 0)));

/** The functions that the sandbox knows of those that the operator's engine v2 has: Go's own and sprig's. */
export const functions: Readonly<Record<string, TemplateFunction>> = {
  b64enc: onText((value) => Buffer.from(value).toString('base64')),
  b64dec: onText((value) => base64Fault(value) ?? Buffer.from(value, 'base64').toString('utf8')),
  toJson: (value) => goJson(value ?? null),
  fromJson: (value) => parsedJson(text(value)),
  first: (list) => listOf(list)[0] ?? null,
  last: (list) => listOf(list).at(-1) ?? null,
  initial: (list) => listOf(list).slice(0, -1),
  rest: (list) => listOf(list).slice(1),
  join: (separator, list) => listOf(list).map(text).join(text(separator)),
  toString: onText((value) => value),
  quote: (...values) =>
    values
      .filter((value) => value !== null)
      .map((value) => goQuote(text(value)))
      .join(' '),
  squote: (...values) =>
    values
      .filter((value) => value !== null)
      .map((value) => `'${text(value)}'`)
      .join(' '),
  trim: onText((value) => value.trim()),
  upper: onText((value) => value.toUpperCase()),
  lower: onText((value) => value.toLowerCase()),
  sha256sum: onText((value) => createHash('sha256').update(value).digest('hex')),
  default: (otherwise = null, value) => (isEmpty(value) ? otherwise : (value ?? otherwise)),
  trimPrefix: (prefix, value) =>
    text(value).startsWith(text(prefix)) ? text(value).slice(text(prefix).length) : text(value),
  trimSuffix: (suffix, value) =>
    text(suffix) !== '' && text(value).endsWith(text(suffix))
      ? text(value).slice(0, -text(suffix).length)
      : text(value),
  replace: (old, by, value) => text(value).replaceAll(text(old), text(by)),
  indent: indented,
  nindent: (width, value) => `\n${indented(width, value)}`,
  print: (...values) => values.map(text).join(''),
  printf: (format, ...values) => formatted(text(format), values),
};

// Lists of texts are all that templates here make of JSON.
const parsedJson = (value: string): TemplateValue => {
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed.map(String) : typeof parsed === 'string' ? parsed : null;
  } catch {
    return null;
  }
};

const goQuote = (value: string): string => JSON.stringify(value);

const formatted = (format: string, values: readonly TemplateValue[]): string => {
  let next = 0;
  return format.replace(/%(%|[svdq])/g, (_, verb: string) => {
    if (verb === '%') return '%';
    const value = text(values[next++]);
    return verb === 'q' ? goQuote(value) : value;
  });
};
