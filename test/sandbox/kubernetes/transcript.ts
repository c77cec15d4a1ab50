import type { Api, Ask } from './api.ts';

/** Calls in order, in a namespace and with names that nobody else uses. What goes through `look` is not written down. */
export type Scenario = (ask: Ask, place: string, look: Ask) => Promise<void>;

/** One call and its normalised answer. */
export interface Line {
  readonly asked: string;
  readonly status: number;
  readonly contentType: string;
  readonly answer: unknown;
}

/** Plays a scenario and writes down what was said, with everything replaced that differs from run to run. */
export const transcriptOf = async (
  scenario: Scenario,
  { ask }: Pick<Api, 'ask'>,
  place: string,
): Promise<readonly Line[]> => {
  const lines: Line[] = [];
  const normalise = normaliser(place);
  const written: Ask = async (call) => {
    const reply = await ask(call);
    const { method, path, body, contentType, accept, token } = call;
    const how = {
      body,
      contentType,
      accept,
      ...(token === undefined ? {} : { as: token === '' ? 'nobody' : 'somebody' }),
    };
    lines.push({
      asked: `${method} ${textOf(normalise(path))} ${JSON.stringify(sorted(normalise(how)))}`,
      status: reply.status,
      contentType: reply.contentType,
      answer: normalise(reply.body),
    });
    return reply;
  };
  await scenario(written, place, ask);
  return lines;
};

/** A transcript as text: one paragraph a call. */
export const spellTranscript = (lines: readonly Line[]): string =>
  lines
    .map(({ asked, status, contentType, answer }) => {
      const type = contentType === 'application/json' ? '' : ` ${contentType}`;
      return `> ${asked}\n< ${status}${type} ${JSON.stringify(sorted(answer))}\n`;
    })
    .join('\n');

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
};

const uidPattern = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const timePattern = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;

const normaliser = (place: string) => {
  const uids = names('uid');
  const versions = names('rv');
  const text = (value: string): string =>
    value
      .replaceAll(uidPattern, (uid) => uids(uid))
      .replaceAll(timePattern, '<time>')
      .replaceAll(/ResourceVersion in record \(\d+\)/g, 'ResourceVersion in record (<rv>)')
      .replaceAll(/continue=[\w-]{10,}/g, 'continue=<continue>')
      .replaceAll(/https:\/\/127\.0\.0\.1:\d+/g, '<url>')
      .replaceAll(/127\.0\.0\.1:\d+/g, '<host>')
      .replaceAll(place, '<place>');
  const member = (key: string, value: unknown, ofList: boolean): unknown => {
    if (key === 'resourceVersion' && typeof value === 'string') return ofList ? '<rv>' : versions(value);
    // As it was sent, and long.
    if (key === 'openAPIV3Schema') return '<schema>';
    if (secretMembers.includes(key) && typeof value === 'string' && value !== '') return `<${key}>`;
    return walk(value);
  };
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    const members = steady(Object.fromEntries(Object.entries(value)));
    const isList = textOf(members['kind']).endsWith('List');
    const entries = Object.entries(members).map(([key, inner]) => {
      if (key !== 'metadata' || !isList) return [text(key), member(key, inner, false)];
      return [key, Object.fromEntries(Object.entries(inner ?? {}).map(([k, v]) => [k, member(k, v, true)]))];
    });
    return Object.fromEntries(entries);
  };
  return (value: unknown) => walk(value) ?? '';
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const secretMembers = ['token', 'continue', 'ca.crt'];

type Members = Readonly<Record<string, unknown>>;

/** The same answer with everything in a steady order that the server leaves to chance or to the clock. */
const steady = ({ storageVersionHash: _hash, ...members }: Members): Members => {
  const { reason, details, managedFields } = members;
  if (Array.isArray(managedFields)) return { ...members, managedFields: managedFields.toSorted(byOwner) };
  if (typeof details !== 'object' || details === null) return members;
  if (!('causes' in details) || !Array.isArray(details.causes)) return members;
  const { causes } = details;
  const isShuffled = reason === 'Invalid' && causes.length > 1;
  const message = isShuffled ? textOf(members['message']).replace(/\[.*\]$/s, '[…]') : members['message'];
  return { ...members, message, details: { ...details, causes: causes.toSorted(byField) } };
};

const byOwner = (a: Members, b: Members): number => compare(a, b, ['operation', 'manager', 'subresource']);
const byField = (a: Members, b: Members): number => compare(a, b, ['field', 'message']);

const compare = (a: Members, b: Members, keys: readonly string[]): number => {
  const spell = (members: Members) => keys.map((key) => textOf(members[key])).join('\u0000');
  return spell(a) < spell(b) ? -1 : 1;
};

/** The same value always gets the same name, in the order in which values show up. */
const names = (prefix: string) => {
  const seen = new Map<string, string>();
  return (value: string): string => {
    const name = seen.get(value) ?? `<${prefix} ${seen.size + 1}>`;
    seen.set(value, name);
    return name;
  };
};
