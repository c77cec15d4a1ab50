import { reveal, type Secret } from '../../secrets/secret.ts';
import type { Login } from './login/login.ts';
import type { Call, Exchange, Transport } from './transport.ts';

/** Where Vault is, and how lab gets in. */
export interface SdkOptions {
  readonly address: string;
  readonly transport: Transport;
  readonly login: Login;
}

/** One call below `/v1/`, its path encoded. */
export interface Sent {
  readonly method: Call['method'];
  readonly path: string;
  readonly body?: object | undefined;
  /** For how long Vault keeps the answer, and gives a token that has it once. */
  readonly wrapSeconds?: number | undefined;
}

const timeoutMs = 60_000;

/** One login a run: from then on its token is part of every call. */
export const logIn = async (options: SdkOptions) => {
  const token = await options.login.token();
  const send = await connectSdk(options, token);
  return { send, token };
};

/**
 * node-vault with all that it takes from the environment or prints switched off. It gets our transport, because its own
 * follows redirects with the token, has no timeout and throws errors that hold headers. An answer is wrapped as a plain
 * success, so that node-vault hands it on as it is.
 */
const connectSdk = async ({ address, transport }: SdkOptions, token: Secret) => {
  const { default: nodeVault } = await import('node-vault');
  const carry = async ({ method, uri, headers, json }: SdkCall) => {
    const exchange = await transport.send({
      method,
      url: uri,
      headers,
      timeoutMs,
      ...(json === undefined ? {} : { body: json }),
    });
    return { statusCode: 200, request: { path: '' }, body: exchange };
  };
  const sdk = nodeVault({ endpoint: address, debug: () => {}, 'request-promise': { defaults: () => carry } });
  Object.assign(sdk, { token: reveal(token), namespace: '', pathPrefix: '' });
  // node-vault types every answer as any; this is what our transport gave it.
  return ({ method, path, body, wrapSeconds }: Sent): Promise<Exchange> =>
    sdk.request({
      method,
      path: `/${path}`,
      ...(body === undefined ? {} : { json: body }),
      ...(wrapSeconds === undefined ? {} : { headers: { 'X-Vault-Wrap-TTL': `${wrapSeconds}s` } }),
    });
};

interface SdkCall {
  readonly method: Call['method'];
  readonly uri: string;
  readonly headers: Call['headers'];
  readonly json?: object;
}
