import { readFile } from 'node:fs/promises';
import type { Agent, buildConnector } from 'undici';
import { LabError } from '../../errors.ts';
import { isSecret, reveal } from '../../secrets/secret.ts';

/** One HTTP call as it goes on the wire. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON; Secrets in it are revealed here and nowhere else. Bytes are JSON already and sent as they are. */
  readonly body?: object;
  readonly timeoutMs: number;
}

/** What came of a call. Never an exception, so that no error object with headers or bodies in it can travel. */
export type Exchange =
  | {
      readonly outcome: 'answered';
      readonly status: number;
      /** Parsed JSON; undefined if the body was empty or something else. */
      readonly body: unknown;
      readonly retryAfter?: number;
      readonly location?: string;
    }
  /**
   * `sent`: whether the server may have acted on it. `code`: Node's or undici's name for the failure. `because`: why
   * there was no way to the server at all.
   */
  | { readonly outcome: 'failed'; readonly code: string; readonly sent: boolean; readonly because?: LabError };

/** Sends calls over one keep-alive pool. It follows no redirect, retries nothing and uses no proxy. */
export interface Transport {
  send(call: Call): Promise<Exchange>;
  close(): Promise<void>;
}

/** A file of certificate authorities that replaces the system's, and who named it. */
export interface CaFile {
  readonly file: string;
  /** `VAULT_CACERT`, `vault.reach.ca` */
  readonly named: string;
}

/** How connections are made, where not to the address itself: verified against `ca`, or what the system trusts. */
export type Connector = (ca: readonly string[]) => buildConnector.connector;

/** What a transport is opened with. */
export interface TransportOptions {
  readonly caFile: CaFile | undefined;
  readonly signal: AbortSignal;
  readonly connector?: Connector | undefined;
}

/** Opens the pool; dials nothing yet. */
export const openTransport = async ({ caFile, signal, connector }: TransportOptions): Promise<Transport> => {
  const [{ Agent, request }, connect] = await Promise.all([import('undici'), connectOf({ caFile, connector })]);
  const agent: Agent = new Agent({
    connections: 32,
    keepAliveTimeout: 30_000,
    maxResponseSize: 32 * 1024 * 1024,
    ...(connect === undefined ? {} : { connect }),
  });
  const send = async (call: Call): Promise<Exchange> => {
    try {
      const response = await request(call.url, {
        dispatcher: agent,
        method: call.method,
        headers: call.body === undefined ? call.headers : { 'content-type': contentType(call), ...call.headers },
        body: wireBody(call.body),
        signal: AbortSignal.any([signal, AbortSignal.timeout(call.timeoutMs)]),
      });
      const text = await response.body.text();
      return {
        outcome: 'answered',
        status: response.statusCode,
        body: parseJson(text),
        ...retryAfter(response.headers['retry-after']),
        ...location(response.headers.location),
      };
    } catch (error) {
      return failureOf(error, signal);
    }
  };
  return { send, close: () => agent.destroy() };
};

/** What a call that threw comes to. */
export const failureOf = (error: unknown, signal: AbortSignal): Exchange => {
  if (signal.aborted) throw new LabError('CANCELLED', 'The call to Vault was cancelled');
  if (error instanceof LabError) return { outcome: 'failed', code: error.code, sent: false, because: error };
  const code = codeOf(error);
  return { outcome: 'failed', code, sent: !beforeSend(code) };
};

/** How its connections are made: by the connector, or to the address; whom to trust is said in either case. */
export const connectOf = async ({
  caFile,
  connector,
}: Pick<TransportOptions, 'caFile' | 'connector'>): Promise<Agent.Options['connect']> => {
  const ca = caFile === undefined ? [] : await readCa(caFile);
  // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED cannot turn it off.
  return connector?.(ca) ?? { timeout: 5_000, rejectUnauthorized: true, ...(ca.length === 0 ? {} : { ca }) };
};

/** A body as JSON text, with its Secrets in clear. */
export const encodeBody = (body: object): string =>
  // toJSON has already hidden a Secret when the replacer sees its value; the holder still has it.
  JSON.stringify(body, function (this: Readonly<Record<string, unknown>>, key: string, value: unknown) {
    const held = this[key];
    return isSecret(held) ? reveal(held) : value;
  });

const wireBody = (body: object | undefined): string | Uint8Array | null => {
  if (body === undefined) return null;
  return body instanceof Uint8Array ? body : encodeBody(body);
};

const contentType = ({ method }: Call): string =>
  method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';

export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const retryAfter = (header: string | string[] | undefined): { retryAfter?: number } =>
  typeof header === 'string' && /^\d+$/.test(header) ? { retryAfter: Number(header) } : {};

const location = (header: string | string[] | undefined): { location?: string } =>
  typeof header === 'string' ? { location: header } : {};

const codeOf = (error: unknown): string => {
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'ETIMEDOUT';
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'unknown';
};

/** Whether a failure is one of verifying the server's certificate: something answers, and it is not who was meant. */
export const isTlsFailure = (code: string): boolean => /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code);

const beforeSend = (code: string): boolean =>
  isTlsFailure(code) ||
  ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'].includes(code);

const readCa = async ({ file, named }: CaFile): Promise<string[]> => {
  try {
    return [await readFile(file, 'utf8')];
  } catch {
    throw new LabError('MISSING_SOURCE', `${named} names ${file}, which cannot be read`, {
      next: `Correct ${named}, or leave it out to use the certificate authorities of the system.`,
    });
  }
};
