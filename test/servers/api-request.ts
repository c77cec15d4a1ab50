import { readFileSync } from 'node:fs';
import { request } from 'node:https';

/** One call of the API server; `path` starts with a slash and may carry a query. */
export type ApiRequest = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: string;
  /** Default application/json. */
  contentType?: string;
};

/** Status and raw text of an answer, whatever the status is. */
export type ApiAnswer = { status: number; body: string };

/** Calls the API server as the administrator: the tests' own eye, independent of the clients under test. */
export type CallApi = (call: ApiRequest) => Promise<ApiAnswer>;

/** Where the API server is and what opens it: PEM files, or a bearer token. */
export type ApiAccess = { url: string; caFile: string } & ({ certFile: string; keyFile: string } | { token: string });

const timeoutMilliseconds = 15_000;

/** Makes the function that calls this API server. */
export function apiCaller(access: ApiAccess): CallApi {
  const { url, caFile } = access;
  const hasToken = 'token' in access;
  const authorization = hasToken ? { authorization: `Bearer ${access.token}` } : {};
  const pair = hasToken ? {} : { cert: readFileSync(access.certFile), key: readFileSync(access.keyFile) };
  const tls = { ca: readFileSync(caFile), ...pair };
  return ({ method, path, body = '', contentType = 'application/json' }) =>
    new Promise((resolve, reject) => {
      const headers = { ...authorization, ...(body === '' ? {} : { 'content-type': contentType }) };
      const call = request(
        new URL(path, url),
        { ...tls, method, headers, timeout: timeoutMilliseconds },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
          );
        },
      );
      call.on('timeout', () => call.destroy(new Error(`${method} ${path}: no answer in ${timeoutMilliseconds} ms`)));
      call.on('error', reject);
      call.end(body);
    });
}
