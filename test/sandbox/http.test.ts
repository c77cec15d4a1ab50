import { Agent, get as getHttps } from 'node:https';
import { afterEach, describe, expect, test } from 'vitest';
import { createAuthority } from '../../src/sandbox/certificates/authority.ts';
import { type LoopbackServer, type ServeOptions, serve } from '../../src/sandbox/http.ts';

let server: LoopbackServer | undefined;
afterEach(() => server?.close());

const start = async (options: ServeOptions): Promise<LoopbackServer> => {
  server = await serve(options);
  return server;
};

describe('a loopback server', () => {
  test('hands over method, path, query, headers and body as they were sent', async () => {
    const { url } = await start({
      handle: async ({ method, path, query, headers, body }) => ({
        status: 201,
        json: { method, path, query: query.getAll('a'), own: headers['x-own'], body },
      }),
    });
    const answer = await fetch(`${url}/secret%2Fdata/ä?a=1&a=2`, {
      method: 'POST',
      headers: { 'X-Own': 'y' },
      body: 'täxt',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toEqual({
      method: 'POST',
      path: '/secret%2Fdata/%C3%A4',
      query: ['1', '2'],
      own: 'y',
      body: 'täxt',
    });
  });

  test('answers text, nothing, and headers of its own', async () => {
    const { url } = await start({
      handle: async ({ path }) =>
        path === '/text' ? { status: 200, text: 'hello', headers: { 'x-own': 'z' } } : { status: 204 },
    });
    const text = await fetch(`${url}/text`);
    expect([await text.text(), text.headers.get('x-own'), text.headers.get('content-type')]).toEqual([
      'hello',
      'z',
      'text/plain; charset=utf-8',
    ]);
    const empty = await fetch(`${url}/empty`);
    expect([empty.status, await empty.text()]).toEqual([204, '']);
  });

  test('streams until the handler is done, and tells it when the client goes', async () => {
    let gone = false;
    const { url } = await start({
      handle: async ({ path }) => ({
        status: 200,
        stream: async (send, signal) => {
          send('one\n');
          if (path === '/short') return;
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          gone = true;
        },
      }),
    });
    expect(await (await fetch(`${url}/short`)).text()).toBe('one\n');
    const client = new AbortController();
    await fetch(`${url}/long`, { signal: client.signal });
    client.abort();
    await expect.poll(() => gone).toBe(true);
  });

  test('says what went wrong inside of it', async () => {
    const { url } = await start({ handle: () => Promise.reject(new Error('a bug')) });
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([500, 'sandbox: a bug']);
  });

  test('speaks TLS with a certificate that its authority vouches for, on one connection for many requests', async () => {
    const authority = createAuthority('test');
    const { certificate: cert, key } = authority.issue({
      commonName: 'server',
      use: { kind: 'server', names: ['127.0.0.1'] },
    });
    const { url } = await start({ tls: { cert, key }, handle: async () => ({ status: 200, text: 'ok' }) });
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: authority.certificate });
    const ports = new Set<number | undefined>();
    const once = (): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        getHttps(url, { agent }, (answer) => {
          ports.add(answer.socket.localPort);
          answer.on('end', () => resolve(answer.statusCode));
          answer.resume();
        }).on('error', reject);
      });
    expect([await once(), await once(), await once()]).toEqual([200, 200, 200]);
    expect(ports.size).toBe(1);
    await expect(fetch(url)).rejects.toThrow();
    agent.destroy();
  });

  test('closes at once, whoever still listens', async () => {
    const running = await start({
      handle: async () => ({
        status: 200,
        stream: (send, gone) => {
          send('begun');
          return new Promise((resolve) => gone.addEventListener('abort', () => resolve()));
        },
      }),
    });
    const answer = await fetch(running.url);
    await running.close();
    await expect(answer.text()).rejects.toThrow();
    await expect(fetch(running.url)).rejects.toThrow();
  });
});
