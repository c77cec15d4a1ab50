import { Agent, request } from 'undici';
import type { OperatorUnderTest } from './bench.ts';

/** Where a cluster's API is and who the administrator is: a client certificate or a bearer token. */
export interface ApiAccess {
  readonly url: string;
  readonly authority: string;
  readonly identity: { readonly cert: string; readonly key: string } | { readonly token: string };
}

/** Makes calls of a cluster's API that go through nothing of lab. */
export const callApi = ({ url, authority, identity }: ApiAccess): OperatorUnderTest['call'] => {
  const dispatcher = new Agent({ connect: { ca: authority, ...('cert' in identity ? identity : {}) } });
  return async (method, path, body, contentType = 'application/json') => {
    const response = await request(`${url}${path}`, {
      dispatcher,
      method,
      headers: {
        ...('token' in identity ? { authorization: `Bearer ${identity.token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    return { status: response.statusCode, body: text === '' ? {} : JSON.parse(text) };
  };
};
