import { createServer, type IncomingMessage } from 'node:http';
import { inject, onTestFinished } from 'vitest';

/** What becomes of one call: it passes, or the line breaks before Vault gets it, or after Vault did it. */
export type Fate = 'pass' | 'cut before' | 'cut after';

/**
 * A proxy before the shared Vault, for crashes and strangers at a chosen moment: `fate` is asked before each call goes on.
 * Answers its address. Ends with the running test.
 */
export const proxyToVault = async (fate: (call: string) => Promise<Fate> | Fate): Promise<string> => {
  const proxy = await openProxy(inject('servers').vault.address, fate);
  onTestFinished(proxy.close);
  return proxy.address;
};

/** The same before any Vault, until it is closed; `answered` is awaited once Vault did what was asked, before the answer goes on as `edited` has it. */
export const openProxy = async (
  target: string,
  fate: (call: string) => Promise<Fate> | Fate,
  answered: (call: string) => Promise<void> = async () => {},
  edited: (call: string, body: string) => string = (_, body) => body,
): Promise<{ address: string; close: () => void }> => {
  const server = createServer(async (request, response) => {
    const call = `${request.method} ${request.url}`;
    const decided = await fate(call);
    if (decided === 'cut before') return request.socket.destroy();
    const answer = await forward(target, request);
    await answered(call);
    if (decided === 'cut after') return request.socket.destroy();
    const type = answer.headers.get('content-type');
    response.writeHead(answer.status, type === null ? {} : { 'content-type': type });
    return response.end(edited(call, await answer.text()));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('the proxy has no port');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { address: `http://127.0.0.1:${bound.port}`, close };
};

const forward = async (address: string, request: IncomingMessage): Promise<Response> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method = 'GET', url, headers } = request;
  const passed = ['x-vault-token', 'x-vault-wrap-ttl', 'content-type'].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
  return fetch(`${address}${url}`, { method, headers: Object.fromEntries(passed), redirect: 'manual', ...body });
};
