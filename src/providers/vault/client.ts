import { z } from 'zod';
import type { GateState } from '../../engine/gate.ts';
import type { Mailbox } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';
import { isSecret, reveal, type Secret, secret } from '../../secrets/secret.ts';
import type { Consumer } from './config.ts';
import { type Description, toDescription } from './description.ts';
import { type Folder, openFolder } from './folder.ts';
import type { Attempt, Login } from './login/login.ts';
import { encodePath } from './path.ts';
import type { Product } from './product.ts';
import { isAbsent, isDeadToken, refusal } from './refusal.ts';
import { retrying } from './retrying.ts';
import { logIn, type Sent } from './sdk.ts';
import type { Bootstrap } from './server/bootstrap.ts';
import { sharedQuestion } from './shared-question.ts';
import type { Call, Exchange, Transport } from './transport.ts';

/** What a success says: `data` of the body and what Vault remarks. A GET of what is not there is a success with 404. */
interface Answer {
  readonly status: number;
  readonly data: unknown;
  readonly warnings: readonly string[];
  readonly lease?: Lease;
  /** All of it, for the one answer that is not in `data`. */
  readonly body: unknown;
  readonly wrapped?: Wrapped;
}

/** An answer that Vault keeps: the token that has it, once, and the accessor of what it holds. */
export interface Wrapped {
  readonly token: Secret;
  readonly accessor: string;
}

/** What was made with a lease, less what was made. */
export interface Lease {
  readonly id: string;
  readonly seconds: number;
}

/** Calls with one login. Paths are given in parts, unencoded; every failure is a LabError. */
export interface VaultCalls {
  /** The data of a GET in the shape that is asked for; undefined if Vault says that it is not there. */
  read<T>(path: readonly string[], shape: z.ZodType<T>): Promise<T | undefined>;
  /** The data of a LIST in the shape that is asked for; undefined if nothing is there, or nothing below it. */
  list<T>(path: readonly string[], shape: z.ZodType<T>): Promise<T | undefined>;
  /** The data that a POST answers: for what makes something, and not for what only writes. */
  ask<T>(path: readonly string[], body: object, shape: z.ZodType<T>): Promise<T>;
  /** As ask(); Vault keeps the answer for so long, and nobody but who has the token, once, ever sees it. */
  askWrapped(path: readonly string[], body: object, seconds: number): Promise<Wrapped>;
  /** POST replaces or merges, as the path has it; PATCH is a JSON merge patch. The body may hold Secrets. */
  write(method: 'POST' | 'PATCH', path: readonly string[], body: object): Promise<void>;
  /** DELETE; absent already is success. */
  remove(path: readonly string[]): Promise<void>;
  /** The data of a POST that only asks, and persists nothing: `sys/capabilities-self`, a lookup. */
  lookUp<T>(path: readonly string[], body: object, shape: z.ZodType<T>): Promise<T>;
  /** A GET that makes a credential, and so counts as a write. The credential itself is dropped unseen. */
  issue(path: readonly string[]): Promise<Lease>;
  /** Seconds that a lease still has; undefined if there is none of that id. */
  leaseSeconds(id: string): Promise<number | undefined>;
  /** Ends a lease, and returns once what it was for is gone. */
  revoke(id: string): Promise<void>;
  /** Ends every lease below a path, likewise. */
  revokeBelow(path: readonly string[]): Promise<void>;
  /** `sys/mounts`, by path without the closing slash; one call for all who ask at about the same time. */
  mounts(): Promise<ReadonlyMap<string, MountEntry>>;
  /** `sys/auth`, likewise. */
  authMethods(): Promise<ReadonlyMap<string, MountEntry>>;
  /** What the server tells of its own API, likewise until something is written. */
  description(): Promise<Description>;
  /** The next call logs in first. */
  logInAnew(): void;
  /** Requests sent so far that may have changed something. */
  writes(): number;
  readonly files: Folder;
}

/** What kinds work with: lab's calls, and for those that bring a Vault into service what needs no login or another one. */
export interface VaultClient extends VaultCalls {
  /** Throws BAD_MANIFEST where the manifest does not have lab initialise this Vault. */
  bootstrap(): Bootstrap;
  /** Ends what is only waited for. */
  readonly stopping: AbortSignal;
  /** Which of the two products it is. */
  product(): Promise<Product>;
  /** The state of `vault.active`. */
  gate(): Promise<GateState>;
  /** lab's own login as the manifest has it, whatever the calls above are made with. */
  ownLogin(): VaultCalls;
  withToken(token: Secret): VaultCalls;
  /** Logs somebody else in, for a probe that ends the token again. Throws UNAUTHENTICATED where Vault refuses. */
  logIn(attempt: Attempt): Promise<Secret>;
  /** A token of a service account of the cluster. */
  accountToken(account: { namespace: string; name: string }, audiences: readonly string[]): Promise<Secret>;
  /** A secret of another provider that SecretIDs are delivered to. */
  mailbox(provider: string, place: string, name: string): Promise<Mailbox>;
  /** What External Secrets does in Vault by a role of an auth method, as the manifest has it. */
  consumers(mount: string, role: string): readonly Consumer[];
  /** Whether that login would end with this object. */
  isLoginPart(kind: string, id: readonly string[]): boolean;
}

/** What createClient() needs. */
export interface ClientOptions {
  readonly address: string;
  readonly transport: Transport;
  readonly readOnly: boolean;
  readonly signal: AbortSignal;
  readonly login: Login;
  /** Where files that people carry lie: the manifest's folder. */
  readonly folder?: string;
  /** Milliseconds before each further try: the one retry budget of a call. */
  readonly pauses?: readonly number[];
}

// TTLs here are the configured ones; `tune` would answer those in effect.
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

/** The calls over one transport, with one token from the first call on. */
export const createClient = (options: ClientOptions): VaultCalls => {
  let writes = 0;
  const session = sharedQuestion(() => logIn(options));

  /** A token that died meanwhile did nothing: what it was sent for is sent again with that of a new login, once. */
  const sendInSession = async (sent: Sent, manner: Call['method']) => {
    const first = await session.ask();
    const exchange = await retrying(options, manner, () => first.send(sent));
    if (!isDeadToken(exchange) || !options.login.renewable()) return { exchange, token: first.token };
    session.forgetIf(first);
    const second = await session.ask();
    return {
      exchange: await retrying(options, manner, () => second.send(sent)),
      token: second.token,
    };
  };

  const request = async (
    method: Call['method'],
    parts: readonly string[],
    body?: object,
    changes = method !== 'GET',
    { query = '', wrapSeconds }: { readonly query?: string | undefined; readonly wrapSeconds?: number } = {},
  ): Promise<Answer> => {
    const path = `${encodePath(parts)}${query}`;
    if (changes && options.readOnly) {
      throw new LabError('GUARD', `${method} ${path} was refused: plan and drift never write to Vault`);
    }
    if (changes) {
      writes += 1;
      told.forEach((question) => question.forget());
    }
    const { exchange, token } = await sendInSession(
      { method, path, body, wrapSeconds },
      // What makes something is not sent again once Vault may have worked on it; what only asks is.
      changes ? (method === 'GET' ? 'POST' : method) : 'GET',
    );
    if (changes) told.forEach((question) => question.forget());
    if (exchange.outcome === 'answered' && (exchange.status < 300 || isAbsent(method, exchange)))
      return toAnswer(exchange);
    const sent = [token, ...(body === undefined ? [] : secretsIn(body))].map(reveal);
    throw refusal({ method, path, address: options.address }, exchange, sent);
  };

  const parse = <T>(call: string, { data }: Answer, shape: z.ZodType<T>): T => {
    const parsed = shape.safeParse(data);
    if (parsed.success) return parsed.data;
    const field = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new LabError('UNREACHABLE', `${call} at ${options.address} answered what lab cannot read`, {
      next: `Its field "${field}" has an unknown form; is this a Vault that lab knows?`,
    });
  };

  const get = async <T>(parts: readonly string[], shape: z.ZodType<T>, query?: string): Promise<T | undefined> => {
    const answer = await request('GET', parts, undefined, false, { query });
    return answer.status === 404 ? undefined : parse(`GET ${parts.join('/')}`, answer, shape);
  };

  const table = (path: string) =>
    sharedQuestion(async () => {
      const found = await get(['sys', path], mountTable);
      if (found !== undefined) return found;
      throw new LabError('UNREACHABLE', `GET sys/${path} at ${options.address} found nothing, as no Vault does`);
    }, 1_000);
  const [mounts, authMethods] = [table('mounts'), table('auth')];
  const description = sharedQuestion(async () => {
    const { body } = await request('GET', ['sys', 'internal', 'specs', 'openapi']);
    const described = toDescription(body);
    if (described !== undefined) return described;
    throw new LabError(
      'UNREACHABLE',
      `GET sys/internal/specs/openapi at ${options.address} did not answer as Vault does`,
    );
  });
  // A mount brings paths of its own.
  const told = [mounts, authMethods, description];

  return {
    description: () => description.ask(),
    read: (parts, shape) => get(parts, shape),
    // The verb LIST is refused by some proxies.
    list: (parts, shape) => get(parts, shape, '?list=true'),
    ask: async (parts, body, shape) => {
      const answer = await request('POST', parts, body);
      refuseIgnored('POST', parts, answer);
      return parse(`POST ${parts.join('/')}`, answer, shape);
    },
    askWrapped: async (parts, body, wrapSeconds) => {
      const { wrapped } = await request('POST', parts, body, true, { wrapSeconds });
      if (wrapped !== undefined) return wrapped;
      throw new LabError('UNREACHABLE', `POST ${parts.join('/')} at ${options.address} answered without wrapping it`, {
        next: 'Something on the way to Vault drops the header X-Vault-Wrap-TTL: let it through, and run again.',
      });
    },
    write: async (method, parts, body) => refuseIgnored(method, parts, await request(method, parts, body)),
    remove: async (parts) => {
      await request('DELETE', parts);
    },
    lookUp: async (parts, body, shape) =>
      parse(`POST ${parts.join('/')}`, await request('POST', parts, body, false), shape),
    issue: async (parts) => {
      const { lease } = await request('GET', parts, undefined, true);
      if (lease !== undefined) return lease;
      throw new LabError('UNREACHABLE', `GET ${parts.join('/')} at ${options.address} answered without a lease`);
    },
    leaseSeconds: async (id) => {
      try {
        const { data } = await request('POST', ['sys', 'leases', 'lookup'], { lease_id: id });
        return leaseTtl.safeParse(data).data?.ttl;
      } catch (error) {
        if (error instanceof LabError && error.message.includes('invalid lease')) return undefined;
        throw error;
      }
    },
    revoke: async (id) => {
      await request('POST', ['sys', 'leases', 'revoke'], { lease_id: id, sync: true });
    },
    revokeBelow: async (parts) => {
      await request('POST', ['sys', 'leases', 'revoke-prefix', ...parts], { sync: true });
    },
    mounts: () => mounts.ask(),
    authMethods: () => authMethods.ask(),
    logInAnew: () => session.forget(),
    writes: () => writes,
    files: openFolder(options.folder),
  };
};

const answerBody = z.object({
  data: z.unknown(),
  warnings: z.array(z.string()).nullish(),
  lease_id: z.string().nullish(),
  lease_duration: z.number().nullish(),
  wrap_info: z
    .object({ token: z.string().transform(secret), wrapped_accessor: z.string() })
    .transform(({ token, wrapped_accessor }) => ({ token, accessor: wrapped_accessor }))
    .nullish(),
});

const leaseTtl = z.object({ ttl: z.number() });

const toAnswer = ({ status, body }: Extract<Exchange, { outcome: 'answered' }>): Answer => {
  const parsed = answerBody.safeParse(body);
  const { data, warnings, lease_id: id, lease_duration: seconds, wrap_info: wrapped } = parsed.data ?? {};
  return {
    status,
    data,
    body,
    warnings: warnings ?? [],
    ...(id == null || id === '' ? {} : { lease: { id, seconds: seconds ?? 0 } }),
    ...(wrapped == null ? {} : { wrapped }),
  };
};

// Vault drops fields that it does not know and says so in a warning at best.
const refuseIgnored = (method: string, parts: readonly string[], { warnings }: Answer): void => {
  const ignored = warnings.find((text) => text.includes('ignored these unrecognized parameters'));
  if (ignored === undefined) return;
  throw new LabError('REJECTED', `${method} ${parts.join('/')}: ${ignored}`, {
    next: 'This version of Vault does not know the field; take it out of the manifest or upgrade Vault.',
  });
};

const secretsIn = (value: unknown): readonly Secret[] => {
  if (isSecret(value)) return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsIn) : [];
};
