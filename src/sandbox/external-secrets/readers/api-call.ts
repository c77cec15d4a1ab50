import { Agent, request } from 'undici';
import type { Json } from '../../kubernetes/json.ts';

/** Status and parsed body of an answer. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: Json | undefined;
}

/** One call over the wire. */
export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** PEM; default: the authorities of the system. */
  readonly authority?: string;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
};

/** Sends it; an answer of any status is an answer. What never arrives ends as text, as Go's client puts it. */
export const callApi = async ({ method, url, headers, body, authority }: ApiCall): Promise<ApiAnswer | string> => {
  const agent = new Agent({ connect: authority === undefined ? {} : { ca: authority } });
  try {
    const response = await request(url, {
      dispatcher: agent,
      method,
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headersTimeout: 10_000,
    });
    const text = await response.body.text();
    // The parse boundary: both servers answer JSON.
    const parsed: Json | undefined = text === '' ? undefined : JSON.parse(text);
    return { status: response.statusCode, body: parsed };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
    const verb = method.charAt(0) + method.slice(1).toLowerCase();
    return `${verb} "${url}": ${reasons[code] ?? code}`;
  } finally {
    await agent.destroy();
  }
};
