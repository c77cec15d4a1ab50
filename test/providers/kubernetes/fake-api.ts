import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Access } from '../../../src/providers/kubernetes/access/access.ts';
import { createAuthority } from '../../../src/sandbox/certificates/authority.ts';

/** What a fake API server got. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** One answer; `reset` drops the connection instead. */
export type Scripted = 'reset' | { status: number; body?: unknown; headers?: Record<string, string> };

/** A TLS server on loopback that answers as `script` says, and how a client reaches it. */
export interface FakeApi {
  readonly access: Access;
  readonly seen: Seen[];
  close(): Promise<void>;
}

/** Starts a fake API server. The n-th request, from 0, gets what `script` answers. */
export const fakeApi = async (script: (request: Seen, n: number) => Scripted): Promise<FakeApi> => {
  const authority = createAuthority('fake');
  const { certificate, key } = authority.issue({
    commonName: 'fake-api',
    use: { kind: 'server', names: ['127.0.0.1'] },
  });
  const seen: Seen[] = [];
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, headers });
    answer(request, response, script({ method, url, headers }, seen.length - 1));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  const access: Access = {
    context: 'fake',
    user: 'tester',
    server: `https://127.0.0.1:${port}`,
    proxy: { except: '' },
    credentials: async () => ({ headers: { authorization: 'Bearer t' }, tls: { ca: authority.certificate } }),
  };
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { access, seen, close };
};

const answer = (request: IncomingMessage, response: ServerResponse, scripted: Scripted): void => {
  if (scripted === 'reset') {
    request.socket.destroy();
    return;
  }
  response.writeHead(scripted.status, { 'content-type': 'application/json', ...scripted.headers });
  response.end(JSON.stringify(scripted.body ?? {}));
};
