import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { createServer as createTlsServer } from 'node:tls';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import type { Tunnel } from '../../../src/engine/ports.ts';
import type { Connection } from '../../../src/engine/provider.ts';
import { tunnelled } from '../../../src/providers/vault/tunnelled.ts';
import { createAuthority } from '../../../src/sandbox/certificates/authority.ts';
import { freePorts } from '../../servers/ports.ts';
import { type Pods, startPods } from '../../support/pods.ts';
import { tcpGate } from '../story/tcp-gate.ts';
import { connect, kubeconfigAs, kubeconfigWith, type Stranger, stranger, uniqueName } from './cluster.ts';

const namespace = uniqueName('tunnel');
const port = 8200;
let someone: Stranger;
let pods: Pods;
let echo: Server;
let connection: Connection;
let tunnel: Tunnel;

const listening = (server: { listen(port: number, host: string, done: () => void): unknown; address(): unknown }) =>
  new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(z.object({ port: z.number() }).parse(server.address()).port));
  });

const tunnelOf = ({ offers }: Connection): Tunnel => {
  if (offers.tunnel === undefined) throw new Error('the provider offers no tunnel');
  return offers.tunnel;
};

/** A request to a host of the cluster, as the vault provider sends one. */
const ask = async (url: string, options: { body?: string; ca?: string; through?: Tunnel } = {}) => {
  const { body, ca, through = tunnel } = options;
  const connector = tunnelled({ tunnel: async () => through, certifiedAs: (host) => host });
  const agent = new Agent({ connect: connector(ca === undefined ? [] : [ca]) });
  try {
    const sent = body === undefined ? {} : { method: 'POST', body };
    const answer = await request(url, { dispatcher: agent, headersTimeout: 5_000, ...sent });
    return { status: answer.statusCode, body: await answer.body.text() };
  } finally {
    await agent.destroy();
  }
};

beforeAll(async () => {
  someone = await stranger();
  await someone('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  // A pod is made as a service account, which the real cluster brings a moment later.
  await someone('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'default' } }).catch(
    () => undefined,
  );
  const { node, caFile } = inject('servers');
  const put = (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) => someone(method, path, body);
  pods = await startPods(put, uniqueName('node'), node && { ...node, caFile });
  echo = createServer((incoming, response) => {
    void text(incoming).then((body) => response.end(`${incoming.method} ${body}`));
  });
  const local = await listening(echo);
  const labels = { app: 'echo' };
  await pods.run({ namespace, name: 'echo-10', labels, ports: { [port]: local } });
  await pods.run({ namespace, name: 'echo-2', labels, ports: { [port]: local }, ready: false });
  await pods.run({ namespace, name: 'idle-0', labels: { app: 'idle' }, ports: {} });
  const service = (name: string, spec: object) =>
    someone('POST', `/api/v1/namespaces/${namespace}/services`, { metadata: { name }, spec });
  await service('echo', { selector: labels, ports: [{ port: 80, targetPort: 'api' }] });
  await service('idle', { selector: { app: 'idle' }, ports: [{ port: 80, targetPort: port }] });
  await service('nobody', { selector: { app: 'nobody' }, ports: [{ port: 80 }] });
  connection = await connect({ readOnly: true });
  tunnel = tunnelOf(connection);
});
afterAll(async () => {
  await connection.close();
  await pods.stop();
  echo.closeAllConnections();
  echo.close();
});

describe('a port that is forwarded through the API server', () => {
  test('of a Service leads to a pod that is ready, by the name that it gives the port', async () => {
    expect(await ask(`http://echo.${namespace}/`)).toEqual({ status: 200, body: 'GET ' });
    expect(await ask(`http://echo.${namespace}.svc.cluster.local/`)).toEqual({ status: 200, body: 'GET ' });
    expect(connection.writes()).toBe(0);
  });

  test('of one pod leads to that pod', async () => {
    expect(await ask(`http://echo-2.echo.${namespace}.svc:${port}/`)).toMatchObject({ status: 200 });
  });

  test('carries long bodies both ways', async () => {
    const body = 'x'.repeat(300_000);
    expect(await ask(`http://echo.${namespace}/`, { body })).toEqual({ status: 200, body: `POST ${body}` });
  });

  test('members of a Service are its pods in their order, ready or not', async () => {
    expect(await tunnel.members({ host: `echo.${namespace}`, port: 80 })).toEqual([
      { host: `echo-2.echo.${namespace}.svc`, port },
      { host: `echo-10.echo.${namespace}.svc`, port },
    ]);
    expect(await tunnel.members({ host: `nobody.${namespace}`, port: 80 })).toEqual([]);
  });

  test('what is not there is told by name', async () => {
    const refused = (host: string, at = 80) => tunnel.dial({ host, port: at }).catch((error: unknown) => error);
    expect(await refused(`missing.${namespace}`)).toMatchObject({
      code: 'UNREACHABLE',
      message: `there is no Service ${namespace}/missing`,
    });
    expect(await refused(`nobody.${namespace}`)).toMatchObject({
      code: 'UNREACHABLE',
      message: `no pod of Service ${namespace}/nobody runs`,
    });
    expect(await refused(`echo-7.echo.${namespace}.svc`, port)).toMatchObject({
      code: 'UNREACHABLE',
      message: `there is no pod ${namespace}/echo-7`,
    });
    expect(await refused(`echo.${namespace}`, 81)).toMatchObject({
      code: 'REJECTED',
      message: `Service ${namespace}/echo has no port 81`,
    });
    expect(await refused('vault.example.com', 443)).toMatchObject({ code: 'BAD_MANIFEST' });
  });

  test('a pod that does not listen refuses, as a host would', async () => {
    await expect(ask(`http://idle.${namespace}/`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('a connection that is cut on its way fails, and the next one works', async () => {
    const held: Socket[] = [];
    const silent = createTcpServer((socket) => {
      // Cut before anything came through, it would be one that nothing listens behind.
      socket.on('error', () => undefined).once('data', () => held.push(socket));
    });
    const local = await listening(silent);
    await pods.run({ namespace, name: 'silent-0', labels: { app: 'silent' }, ports: { [port]: local } });
    const asking = ask(`http://silent-0.silent.${namespace}.svc:${port}/`);
    while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    held[0]?.destroy();
    await expect(asking).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) });
    expect(await ask(`http://echo.${namespace}/`)).toMatchObject({ status: 200 });
    silent.close();
  });

  test('an API server that goes ends what is under way; once it is back, the same tunnel works', async () => {
    const [at = 0] = await freePorts(1);
    const gate = tcpGate(at);
    const server = Number(new URL(inject('servers').url).port);
    await gate.open(server);
    const kubeconfig = await kubeconfigWith(({ clusters }) => {
      for (const { cluster } of clusters) cluster['server'] = `https://127.0.0.1:${at}`;
    });
    const behind = await connect({ kubeconfig, readOnly: true });
    const through = tunnelOf(behind);
    const held: Socket[] = [];
    const silent = createTcpServer((socket) => {
      // Cut before anything came through, it would be one that nothing listens behind.
      socket.on('error', () => undefined).once('data', () => held.push(socket));
    });
    const local = await listening(silent);
    await pods.run({ namespace, name: 'mute-0', labels: { app: 'mute' }, ports: { [port]: local } });
    const asking = ask(`http://mute-0.mute.${namespace}.svc:${port}/`, { through }).catch((error: unknown) => error);
    while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await gate.shut();
    expect(await asking).toMatchObject({ code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) });
    await expect(ask(`http://echo.${namespace}/`, { through })).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('no answer from the API server'),
    });
    await gate.open(server);
    expect(await ask(`http://echo.${namespace}/`, { through })).toMatchObject({ status: 200 });
    await behind.close();
    await gate.shut();
    silent.close();
  });

  test('TLS is verified in the pod itself: its authority, and its name', async () => {
    const authority = createAuthority('vault');
    const host = `tls-0.tls.${namespace}.svc`;
    const { certificate: cert, key } = authority.issue({ commonName: host, use: { kind: 'server', names: [host] } });
    const server = createTlsServer({ cert, key }, (socket) => {
      socket.on('error', () => undefined).end('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ntold');
    });
    const local = await listening(server);
    for (const name of ['tls-0', 'tls-1']) {
      await pods.run({ namespace, name, labels: { app: 'tls' }, ports: { [port]: local } });
    }
    const url = `https://${host}:${port}/`;
    expect(await ask(url, { ca: authority.certificate })).toEqual({ status: 200, body: 'told' });
    await expect(ask(url)).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    await expect(ask(url.replace('tls-0', 'tls-1'), { ca: authority.certificate })).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    server.close();
  });

  test('who may not forward ports is told so', async () => {
    const account = uniqueName('reader');
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    await someone('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: account } });
    await someone('POST', `${rbac}/roles`, {
      metadata: { name: account },
      rules: [{ apiGroups: [''], resources: ['pods', 'services', 'pods/portforward'], verbs: ['get', 'list'] }],
    });
    await someone('POST', `${rbac}/rolebindings`, {
      metadata: { name: account },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: account },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
    });
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
    const issued = await someone('POST', path, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {},
    });
    const token: unknown = Reflect.get(Object(Reflect.get(issued, 'status')), 'token');
    const reader = await connect({ kubeconfig: await kubeconfigAs({ token }) });
    await expect(ask(`http://echo.${namespace}/`, { through: tunnelOf(reader) })).rejects.toMatchObject({
      code: 'DENIED',
      message: expect.stringContaining('pods "echo-10" is forbidden: pods/portforward'),
      detail: expect.objectContaining({ next: expect.stringContaining('get and create on pods/portforward') }),
    });
    await reader.close();
  });
});
