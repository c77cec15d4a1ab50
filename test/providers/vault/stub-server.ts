import { createServer, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import { type ClientOptions, createClient, type VaultClient } from '../../../src/providers/vault/client.ts';
import { openTransport } from '../../../src/providers/vault/transport.ts';
import { secret } from '../../../src/secrets/secret.ts';

/** One request as the server got it. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What the server does next: an answer, or the line cut off. */
export type Reply = { status: number; body?: unknown; headers?: Record<string, string> } | 'cut';

/** A server that answers what a real Vault is hard to bring to. `reply` is asked for every call but the login's. */
export const stubServer = async (reply: (call: Received, index: number) => Reply) => {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    const call = { method, url, headers, body: Buffer.concat(chunks).toString() };
    const login = url === '/v1/auth/token/lookup-self';
    if (!login) received.push(call);
    const next = login ? { status: 200, body: { data: {} } } : reply(call, received.length - 1);
    if (next === 'cut') return request.socket.destroy();
    response.writeHead(next.status, next.headers);
    return response.end(typeof next.body === 'string' ? next.body : JSON.stringify(next.body ?? {}));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('the stub server has no port');
  return { address: `http://127.0.0.1:${bound.port}`, received };
};

/** A client of such a server, which waits for nothing between tries. */
export const clientOf = async (address: string, options: Partial<ClientOptions> = {}): Promise<VaultClient> => {
  const { signal } = new AbortController();
  const transport = await openTransport({ caFile: undefined, signal });
  onTestFinished(() => transport.close());
  const calls = createClient({
    address,
    transport,
    readOnly: false,
    signal,
    login: { token: async () => secret('the-login-token'), renewable: () => false },
    pauses: [0, 0],
    ...options,
  });
  const unused = (): never => {
    throw new Error('a stub is no server to bring into service');
  };
  return {
    ...calls,
    bootstrap: unused,
    gate: async () => ({ state: 'open' }),
    stopping: signal,
    product: async () => 'vault',
    ownLogin: () => calls,
    withToken: () => calls,
    isLoginPart: () => false,
    consumers: () => [],
    logIn: unused,
    accountToken: unused,
    mailbox: unused,
  };
};
