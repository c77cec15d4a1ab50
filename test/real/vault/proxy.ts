import { createServer, type IncomingMessage } from 'node:http';
import { inject, onTestFinished } from 'vitest';

/** What becomes of one call: it passes, or the line breaks before Vault gets it, or after Vault did it. */
export type Fate = 'pass' | 'cut before' | 'cut after';

/**
 * A proxy before the shared Vault, for crashes and strangers at a chosen moment: `fate` is asked before each call goes on.
 * Answers its address.
 */
export const proxyToVault = async (fate: (call: string) => Promise<Fate> | Fate): Promise<string> => {
  const { address } = inject('servers').vault;
  const server = createServer(async (request, response) => {
    const decided = await fate(`${request.method} ${request.url}`);
    if (decided === 'cut before') return request.socket.destroy();
    const answer = await forward(address, request);
    if (decided === 'cut after') return request.socket.destroy();
    const type = answer.headers.get('content-type');
    response.writeHead(answer.status, type === null ? {} : { 'content-type': type });
    return response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('the proxy has no port');
  return `http://127.0.0.1:${bound.port}`;
};

const forward = async (address: string, request: IncomingMessage): Promise<Response> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method = 'GET', url, headers } = request;
  const passed = ['x-vault-token', 'content-type'].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
  return fetch(`${address}${url}`, { method, headers: Object.fromEntries(passed), redirect: 'manual', ...body });
};
