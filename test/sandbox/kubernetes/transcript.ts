/** One call of a Kubernetes API. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Sent as JSON; a string as it is. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** Bearer token instead of the administrator's credentials. */
  readonly token?: string;
}

/** What came back: JSON where it is JSON, else text. */
export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: unknown;
}

/** Calls one server as its administrator. */
export type Ask = (call: Call) => Promise<Reply>;

/** Calls in order, in a namespace and with names that nobody else uses. */
export type Scenario = (ask: Ask, place: string) => Promise<void>;

/** One call and its normalised answer. */
export interface Line {
  readonly asked: string;
  readonly status: number;
  readonly contentType: string;
  readonly answer: unknown;
}

/** Plays a scenario and writes down what was said, with everything replaced that differs from run to run. */
export const transcriptOf = async (scenario: Scenario, ask: Ask, place: string): Promise<readonly Line[]> => {
  const lines: Line[] = [];
  const normalise = normaliser(place);
  await scenario(async (call) => {
    const reply = await ask(call);
    lines.push({
      asked: normalise(`${call.method} ${call.path} ${JSON.stringify(call.body) ?? ''}`).toString(),
      status: reply.status,
      contentType: reply.contentType,
      answer: normalise(reply.body),
    });
    return reply;
  }, place);
  return lines;
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
      .replaceAll(/https:\/\/127\.0\.0\.1:\d+/g, '<url>')
      .replaceAll(/127\.0\.0\.1:\d+/g, '<host>')
      .replaceAll(place, '<place>');
  const member = (key: string, value: unknown, inList: boolean): unknown => {
    if (key === 'resourceVersion' && typeof value === 'string') return inList ? '<rv>' : versions(value);
    if (['token', 'continue', 'storageVersionHash', 'ca.crt'].includes(key) && typeof value === 'string') return `<${key}>`;
    return walk(value);
  };
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    const kind = 'kind' in value ? String(value.kind) : '';
    const entries = Object.entries(value).map(([key, inner]) => {
      if (key === 'managedFields') return [key, inSteadyOrder(inner).map(walk)];
      if (key === 'metadata' && kind.endsWith('List')) {
        return [key, Object.fromEntries(Object.entries(inner).map(([k, v]) => [k, member(k, v, true)]))];
      }
      return [text(key), member(key, inner, false)];
    });
    return Object.fromEntries(entries);
  };
  return (value: unknown) => walk(value) ?? '';
};

// The server sorts them by whole seconds first, so that their order hangs on when the second changed.
const inSteadyOrder = (entries: readonly unknown[]): readonly unknown[] =>
  entries.toSorted((a, b) => (JSON.stringify(a).replaceAll(timePattern, '') < JSON.stringify(b).replaceAll(timePattern, '') ? -1 : 1));

/** The same value always gets the same name, in the order in which values show up. */
const names = (prefix: string) => {
  const seen = new Map<string, string>();
  return (value: string): string => {
    const name = seen.get(value) ?? `<${prefix} ${seen.size + 1}>`;
    seen.set(value, name);
    return name;
  };
};
