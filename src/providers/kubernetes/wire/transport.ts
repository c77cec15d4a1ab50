import { EnvHttpProxyAgent, request } from 'undici';
import { LabError } from '../../../errors.ts';
import type { Access, Credentials, Proxy, Tls } from '../access/access.ts';
import { type Answer, type Call, persists, type Send } from './call.ts';
import { isReset, networkFailure } from './network-failure.ts';
import { refusal, rejectsContent } from './refusal.ts';
import { retryBudget } from './retry.ts';
import { type Line, openLine } from './web-socket.ts';

const connectTimeout = 10_000;
// The API server gives up on its own after 60 s.
const answerTimeout = 65_000;
const connections = 16;

/** Opens a WebSocket for its user, until the run ends; undefined if the API server does not answer with one. */
export type Upgrade = <User>(path: string, protocol: string, user: (line: Line) => User) => Promise<User | undefined>;

/** The connection pool to one API server. */
export interface Transport {
  readonly send: Send;
  readonly upgrade: Upgrade;
  /** Calls sent so far that change the cluster. */
  writes(): number;
  close(): Promise<void>;
}

/** Opens nothing yet: the first call does. With readOnly, no call that changes the cluster leaves this function. */
export const openTransport = (access: Access, readOnly: boolean, signal: AbortSignal): Transport => {
  const pool = keepAlivePool(access.proxy);
  const retries = retryBudget();
  const lines = new Set<Line>();
  let writes = 0;

  const send: Send = async (call) => {
    if (persists(call)) {
      if (readOnly) throw new LabError('GUARD', `${call.method} ${call.path} was refused: this connection only reads`);
      writes += 1;
    }
    let refused: Credentials | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const credentials = await access.credentials(refused);
      const outcome = await exchange(call, credentials);
      if (isUnauthenticated(outcome) && refused === undefined) {
        refused = credentials;
        continue;
      }
      if (!isFinal(call, outcome) && (await retries.again(attempt, outcome.retryAfter, signal))) continue;
      if (signal.aborted) throw new LabError('CANCELLED', 'stopped while waiting for the API server');
      if ('error' in outcome) throw networkFailure(outcome.error, access);
      if (outcome.answer.status < 500) retries.succeeded();
      return accepted(call, outcome.answer, access);
    }
  };

  const exchange = async (call: Call, { headers, tls }: Credentials): Promise<Outcome> => {
    try {
      const response = await request(access.server + call.path, {
        dispatcher: pool.of(tls),
        method: call.method,
        headers: {
          ...headers,
          'user-agent': 'lab',
          accept: call.accept ?? 'application/json',
          ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
        },
        body: call.body === undefined ? null : JSON.stringify(call.body),
        headersTimeout: answerTimeout,
        bodyTimeout: answerTimeout,
        signal,
      });
      const answer = { status: response.statusCode, body: parse(await response.body.text()) };
      const retryAfter = Number(response.headers['retry-after']);
      return { answer, ...(Number.isFinite(retryAfter) ? { retryAfter } : {}) };
    } catch (error) {
      return { error };
    }
  };

  const upgrade: Upgrade = async (path, protocol, user) => {
    const { headers, tls } = await access.credentials();
    const url = `${access.server.replace(/^http/, 'ws')}${path}`;
    const handshake = { url, protocol, headers: { ...headers, 'user-agent': 'lab' }, dispatcher: pool.of(tls) };
    return openLine(handshake, (line) => {
      lines.add(line);
      line.socket.addEventListener('close', () => lines.delete(line));
      return user(line);
    });
  };

  const endLines = (): void => lines.forEach(({ cut }) => cut());
  signal.addEventListener('abort', endLines, { once: true });
  return {
    send,
    upgrade,
    writes: () => writes,
    close: () => {
      endLines();
      return pool.close();
    },
  };
};

type Outcome = ({ readonly answer: Answer } | { readonly error: unknown }) & { readonly retryAfter?: number };

const isUnauthenticated = (outcome: Outcome): boolean => 'answer' in outcome && outcome.answer.status === 401;

const isFinal = (call: Call, outcome: Outcome): boolean => {
  if ('error' in outcome) return call.once === true || !isReset(outcome.error);
  const { answer } = outcome;
  if (answer.status === 429) return false;
  return answer.status < 500 || call.once === true || rejectsContent(answer);
};

const accepted = (call: Call, answer: Answer, access: Access): Answer => {
  if (answer.status < 300 || call.expects?.includes(answer.status)) return answer;
  throw refusal(call, answer, access);
};

// Not every answer is JSON: an unserved path is answered in plain text, which no caller reads.
const parse = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

/** One agent for all calls; another one only if a credential program has made a new client certificate. */
const keepAlivePool = (proxy: Proxy) => {
  const agents = new Map<string, EnvHttpProxyAgent>();
  return {
    of: (tls: Tls): EnvHttpProxyAgent => {
      const key = JSON.stringify(tls);
      const agent = agents.get(key) ?? makeAgent(tls, proxy);
      agents.set(key, agent);
      return agent;
    },
    close: async (): Promise<void> => {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
  };
};

// Every setting is given, because undici would read process.env for what is left out.
const makeAgent = (tls: Tls, proxy: Proxy): EnvHttpProxyAgent => {
  const verified = { ...tls, rejectUnauthorized: true, timeout: connectTimeout };
  return new EnvHttpProxyAgent({
    httpProxy: '',
    httpsProxy: proxy.url ?? '',
    noProxy: proxy.except,
    connect: verified,
    requestTls: verified,
    connections,
    allowH2: false,
    keepAliveTimeout: 30_000,
  });
};
