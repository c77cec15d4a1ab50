import { type Line, spellTranscript } from '../kubernetes/transcript.ts';
import type { Request, Scenario } from './scenarios/scenario.ts';

/** The Vault that is asked. */
export interface Asked {
  readonly address: string;
  readonly token: string;
  /** The URL of a database for its connections; without it, one that only a sandbox takes for real. */
  readonly database?: string;
}

const imagined = 'postgresql://{{username}}:{{password}}@127.0.0.1:5432/postgres?sslmode=disable';

/** Plays a scenario and spells what was said, with everything replaced that differs from run to run or is secret. */
export const playVault = async (scenario: Scenario, vault: Asked): Promise<string> => {
  const database = vault.database ?? imagined;
  const kept = new Map([
    ['address', vault.address],
    ['database', database],
    ['host', /@([^/]+)/.exec(database)?.[1] ?? ''],
  ]);
  const scrub = scrubber(vault, kept);
  const lines: Line[] = [];
  for (const request of scenario) {
    const response = await send(request, vault, kept);
    const text = await response.text();
    const answer: unknown = text === '' ? '' : JSON.parse(text);
    for (const [name, path] of Object.entries(request.keep ?? {})) kept.set(name, String(memberAt(answer, path)));
    const { method, path, body, token, contentType, wrap } = request;
    lines.push({
      asked: `${method} ${path} ${JSON.stringify({ body, token, contentType, wrap })}`,
      status: response.status,
      contentType: response.headers.get('content-type') ?? 'application/json',
      answer: scrub(answer),
    });
  }
  return spellTranscript(lines);
};

const send = (request: Request, { address, token: root }: Asked, kept: ReadonlyMap<string, string>) => {
  const { method, path, body, token = root, wrap } = request;
  const fill = (text: string, spell = (value: string) => value) =>
    text.replaceAll(/\{([a-z]+(?: \d)?)\}/g, (whole, name) => {
      const value = kept.get(name);
      return value === undefined ? whole : spell(value);
    });
  // What stands in a body may have line breaks, as a certificate has.
  const inJson = (value: string) => JSON.stringify(value).slice(1, -1);
  const mediaType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  return fetch(`${address}/v1/${fill(path)}`, {
    method,
    headers: {
      ...(token === '' ? {} : { 'x-vault-token': fill(token) }),
      ...(wrap === undefined ? {} : { 'x-vault-wrap-ttl': wrap }),
      ...(body === undefined ? {} : { 'content-type': request.contentType ?? mediaType }),
    },
    ...(body === undefined ? {} : { body: fill(JSON.stringify(body), inJson) }),
  });
};

const memberAt = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), value);

const scrubbedMembers =
  /^(.*accessor|verification_nonce|encoded_(root_)?token|.*uuid|(request|cluster|issuer|(subject_|authority_)?key)_id|revocation_time|root_token|otp|keys_base64|server_time_utc|build_date|cluster_name|creation_time|expiration|.*serial_number)$/;

const scrubber = ({ token }: Asked, kept: ReadonlyMap<string, string>) => {
  const text = (value: string): string => {
    let scrubbed = value.replaceAll(token, '<token>');
    for (const [name, secret] of kept) scrubbed = scrubbed.replaceAll(secret, `<${name}>`);
    return scrubbed
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, '<time>')
      .replaceAll(/-----BEGIN ([A-Z ]+)-----[^-]*-----END \1-----/g, '<$1>')
      .replaceAll(/\b[a-z]+_[0-9a-f]{8}\b/g, '<accessor>')
      .replaceAll(/\bhv[sb]\.[\w-]+/g, '<token>');
  };
  const member = (key: string, value: unknown): unknown => {
    if (!scrubbedMembers.test(key) || value === '' || value === 0) return walk(value);
    if (Array.isArray(value)) return value.map(() => `<${key}>`);
    return typeof value === 'string' || typeof value === 'number' ? `<${key}>` : walk(value);
  };
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    // What a lease has left is now this second, now the one before.
    const left = 'last_renewal' in value && !('accessor' in value) ? { ttl: '<ttl>' } : {};
    const entries = Object.entries({ ...value, ...left });
    return Object.fromEntries(entries.map(([key, inner]) => [text(key), member(key, inner)]));
  };
  return walk;
};
