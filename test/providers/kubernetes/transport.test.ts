import { afterEach, describe, expect, test } from 'vitest';
import type { Call } from '../../../src/providers/kubernetes/wire/call.ts';
import { openTransport, type Transport } from '../../../src/providers/kubernetes/wire/transport.ts';
import { type FakeApi, fakeApi, type Scripted } from './fake-api.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

const start = async (
  script: (n: number) => Scripted,
  { readOnly = false, signal = new AbortController().signal } = {},
): Promise<{ api: FakeApi; transport: Transport }> => {
  const api = await fakeApi((_, n) => script(n));
  const transport = openTransport(api.access, readOnly, signal);
  opened.push(transport, api);
  return { api, transport };
};

const get: Call = { method: 'GET', path: '/api/v1/namespaces' };
const patch: Call = { method: 'PATCH', path: '/api/v1/namespaces/x', body: {} };
const ok: Scripted = { status: 200, body: { fine: true } };
const soon = { 'retry-after': '0' };

describe('a call', () => {
  test('carries the credentials and comes back as parsed JSON', async () => {
    const { api, transport } = await start(() => ok);
    expect(await transport.send(get)).toEqual({ status: 200, body: { fine: true } });
    expect(api.seen[0]?.headers).toMatchObject({ authorization: 'Bearer t', 'user-agent': 'lab' });
  });

  test('that is refused for load is sent again when the server says so', async () => {
    const { api, transport } = await start((n) => (n === 0 ? { status: 429, headers: soon } : ok));
    expect((await transport.send(get)).status).toBe(200);
    expect(api.seen).toHaveLength(2);
  });

  test('that loses its connection before the answer is sent again', async () => {
    const { api, transport } = await start((n) => (n === 0 ? 'reset' : ok));
    expect((await transport.send(patch)).status).toBe(200);
    expect(api.seen).toHaveLength(2);
    expect(transport.writes()).toBe(1);
  });

  test('that may only be sent once is not, when it cannot be told what became of it', async () => {
    const { api, transport } = await start(() => 'reset');
    await expect(transport.send({ ...patch, once: true })).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(api.seen).toHaveLength(1);
  });

  test('that the server cannot answer gives up after a few tries', async () => {
    const { api, transport } = await start(() => ({ status: 503, headers: soon, body: { message: 'not ready' } }));
    await expect(transport.send(get)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('not ready'),
    });
    expect(api.seen).toHaveLength(4);
  });

  test('that holds a value of the wrong type is not sent again, though the status is 500', async () => {
    const message = 'failed to create typed patch object (/a; /v1, Kind=ConfigMap): .data.x: expected string';
    const { api, transport } = await start(() => ({ status: 500, body: { kind: 'Status', message } }));
    await expect(transport.send(patch)).rejects.toMatchObject({ code: 'REJECTED' });
    expect(api.seen).toHaveLength(1);
  });

  test('that is not let in is sent once more with new credentials', async () => {
    const { api, transport } = await start(() => ({ status: 401 }));
    await expect(transport.send(get)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(api.seen).toHaveLength(2);
  });

  test('that is redirected is refused', async () => {
    const location = { location: 'https://127.0.0.1:1/elsewhere' };
    const { api, transport } = await start(() => ({ status: 302, headers: location }));
    await expect(transport.send(get)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('redirects'),
    });
    expect(api.seen).toHaveLength(1);
  });

  test('gets an answer with a status that it expects', async () => {
    const { transport } = await start(() => ({ status: 404, body: { reason: 'NotFound' } }));
    expect((await transport.send({ ...get, expects: [404] })).status).toBe(404);
    await expect(transport.send(get)).rejects.toMatchObject({ code: 'REJECTED' });
  });

  test('stops waiting for its next try when the run is cancelled', async () => {
    const controller = new AbortController();
    const { transport } = await start(() => ({ status: 503, headers: { 'retry-after': '30' } }), controller);
    const call = transport.send(get);
    setTimeout(() => controller.abort(), 50);
    await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('a connection', () => {
  test('does not ask a server that is down again and again for every call', async () => {
    const { api, transport } = await start(() => ({ status: 503, headers: soon }));
    const calls = Array.from({ length: 40 }, () => transport.send(get));
    const results = await Promise.allSettled(calls);
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(api.seen).toHaveLength(40 + 20);
  });

  test('for reading only sends questions, and nothing that changes the cluster', async () => {
    const { api, transport } = await start(() => ok, { readOnly: true });
    await expect(transport.send(patch)).rejects.toMatchObject({ code: 'GUARD' });
    await expect(transport.send({ method: 'DELETE', path: '/api/v1/namespaces/x' })).rejects.toMatchObject({
      code: 'GUARD',
    });
    await expect(transport.send({ method: 'POST', path: '/api/v1/namespaces' })).rejects.toMatchObject({
      code: 'GUARD',
    });
    expect(api.seen).toEqual([]);
    await transport.send({ method: 'POST', path: '/api/v1/namespaces/a/serviceaccounts/b/token', body: {} });
    await transport.send({ method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body: {} });
    expect(api.seen).toHaveLength(2);
    expect(transport.writes()).toBe(0);
  });
});
