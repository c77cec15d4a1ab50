import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { LabError } from '../../errors.ts';
import { isSecret, reveal, type Secret } from '../../secrets/secret.ts';
import { type Briefly, briefly } from './briefly.ts';
import { encodePath } from './path.ts';
import { errorTexts, mayRetry, refusal } from './refusal.ts';
import type { Call, Exchange, Transport } from './transport.ts';

/** What a success says: `data` of the body ({} if there is none) and what Vault remarks. */
export interface Answer {
  readonly status: number;
  readonly data: unknown;
  readonly warnings: readonly string[];
}

/** The calls that kinds make. Paths are given in parts, unencoded; every failure is a LabError. */
export interface VaultClient {
  /** The data of a GET in the shape that is asked for; undefined if Vault says that it is not there. */
  read<T>(path: readonly string[], shape: z.ZodType<T>): Promise<T | undefined>;
  /** POST replaces or merges, as the path has it; PATCH is a JSON merge patch. The body may hold Secrets. */
  write(method: 'POST' | 'PATCH', path: readonly string[], body: object): Promise<void>;
  /** DELETE; absent already is success. */
  remove(path: readonly string[]): Promise<void>;
  /** `sys/mounts`, by path without the closing slash; one call for all who ask at about the same time. */
  mounts(): Promise<ReadonlyMap<string, MountEntry>>;
  /** `sys/auth`, likewise. */
  authMethods(): Promise<ReadonlyMap<string, MountEntry>>;
  /** Requests sent so far that may have changed something. */
  writes(): number;
}

/** What createClient() needs. */
export interface ClientOptions {
  readonly address: string;
  readonly transport: Transport;
  readonly readOnly: boolean;
  readonly signal: AbortSignal;
  /** Called when the first call needs it. */
  readonly token: () => Promise<Secret>;
  /** Milliseconds before each further try: the one retry budget of a call. */
  readonly pauses?: readonly number[];
}

// Config as `sys/mounts` has it: what was configured. `tune` reads back what is in effect instead.
const mountEntry = z.object({
  type: z.string(),
  description: z.string(),
  accessor: z.string(),
  config: z.object({ default_lease_ttl: z.number(), max_lease_ttl: z.number() }),
  options: z.record(z.string(), z.string()).nullish(),
});

/** A secrets engine or an auth method as Vault lists it. TTLs in seconds, 0 = the system's. */
export type MountEntry = z.output<typeof mountEntry>;

const mountTable = z
  .record(z.string(), mountEntry)
  .transform((table) => new Map(Object.entries(table).map(([path, entry]) => [path.replace(/\/$/, ''), entry])));

// Calls that persist nothing although they are no GETs.
const persistsNothing = /^(auth\/.+\/login(\/[^/]+)?|auth\/token\/lookup(-self)?|sys\/capabilities-self)$/;

/** The calls over one transport, with one token from the first call on. */
export const createClient = (options: ClientOptions): VaultClient => {
  let writes = 0;
  const sdk = once(async () => connectSdk(options, await options.token()));

  const request = async (method: Call['method'], parts: readonly string[], body?: object): Promise<Answer> => {
    const path = encodePath(parts);
    const shown = { method, path, address: options.address };
    const changes = method !== 'GET' && !persistsNothing.test(path);
    if (changes && options.readOnly) {
      throw new LabError('GUARD', `${method} ${path} was refused: plan and drift never write to Vault`);
    }
    const { send, token } = await sdk();
    if (changes) {
      writes += 1;
      forget();
    }
    const exchange = await retrying(method, options, () => send(method, `/${path}`, body));
    if (changes) forget();
    const absent = exchange.outcome === 'answered' && exchange.status === 404 && method !== 'POST';
    if (exchange.outcome === 'answered' && (absent || [200, 202, 204].includes(exchange.status))) {
      return toAnswer(exchange.status, exchange.body);
    }
    throw refusal(shown, exchange, [token, ...secretsIn(body)]);
  };

  const read = async <T>(path: readonly string[], shape: z.ZodType<T>): Promise<T | undefined> => {
    const answer = await request('GET', path);
    if (answer.status === 404) return undefined;
    const parsed = shape.safeParse(answer.data);
    if (parsed.success) return parsed.data;
    const shown = { method: 'GET', path: path.join('/'), address: options.address } as const;
    throw refusal(shown, { outcome: 'answered', status: 200, body: undefined }, []);
  };

  const table = (path: readonly string[]): Briefly<ReadonlyMap<string, MountEntry>> =>
    briefly(1_000, async () => (await read(path, mountTable)) ?? new Map());
  const tables = { mounts: table(['sys', 'mounts']), auth: table(['sys', 'auth']) };
  const forget = () => {
    tables.mounts.forget();
    tables.auth.forget();
  };

  return {
    read,
    write: async (method, path, body) => refuseIgnored(`${method} ${path.join('/')}`, await request(method, path, body)),
    remove: async (path) => void (await request('DELETE', path)),
    mounts: tables.mounts.ask,
    authMethods: tables.auth.ask,
    writes: () => writes,
  };
};

/**
 * node-vault with everything that it takes from the environment or prints switched off. It gets our own transport,
 * because its built-in one follows redirects with the token, has no timeout and throws errors that hold headers. What the
 * transport answers is wrapped as a plain success, so that node-vault hands it on as it is.
 */
const connectSdk = async ({ address, transport }: ClientOptions, token: Secret) => {
  const { default: nodeVault } = await import('node-vault');
  const rp = async (call: { method: Call['method']; uri: string; headers: Call['headers']; json?: object }) => {
    const { method, uri, headers, json } = call;
    const body = json === undefined ? {} : { body: json };
    return { statusCode: 200, request: { path: '' }, body: await transport.send({ method, url: uri, headers, ...body, timeoutMs: 60_000 }) };
  };
  const sdk = nodeVault({ endpoint: address, debug: () => {}, 'request-promise': { defaults: () => rp } });
  Object.assign(sdk, { token: reveal(token), namespace: '', pathPrefix: '' });
  const send = async (method: Call['method'], path: string, json?: object): Promise<Exchange> =>
    // node-vault types every answer as any; this is what our transport gave it.
    (await sdk.request({ method, path, ...(json === undefined ? {} : { json }) })) as Exchange;
  return { send, token: reveal(token) };
};
