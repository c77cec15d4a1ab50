import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, connect as dial, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Connection } from '../../../src/engine/provider.ts';
import { createAuthority } from '../../../src/sandbox/certificates/authority.ts';
import { reveal } from '../../../src/secrets/secret.ts';
import {
  type ConnectOptions,
  connect,
  kubeconfigAs,
  kubeconfigWith,
  type Stranger,
  stranger,
  temporaryFolder,
  uniqueName,
} from './cluster.ts';

let someone: Stranger;
const namespace = uniqueName('reaching');
const opened: { close(): unknown }[] = [];

beforeAll(async () => {
  someone = await stranger();
  await someone('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  await someone('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'nobody' } });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

const open = async (options: ConnectOptions = {}): Promise<Connection> => {
  const connection = await connect(options);
  opened.push(connection);
  return connection;
};

/** A way to the API server that counts its connections. */
const countingDoor = async (): Promise<{ port: number; connections: () => number }> => {
  let connections = 0;
  const target = new URL(inject('servers').url);
  const door = createServer((client: Socket) => {
    connections += 1;
    const server = dial(Number(target.port), target.hostname);
    client.pipe(server).pipe(client);
    client.on('error', () => server.destroy());
    server.on('error', () => client.destroy());
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  opened.push(door);
  const address = door.address();
  if (address === null || typeof address === 'string') throw new Error('the door has no port');
  return { port: address.port, connections: () => connections };
};

describe('a connection to a cluster', () => {
  test('knows the cluster by the uid of kube-system, and says which it is', async () => {
    const connection = await open();
    const { uid } = (await someone('GET', '/api/v1/namespaces/kube-system')).metadata;
    expect(await connection.scope()).toBe(uid);
    expect(await connection.describe()).toBe(`cluster ${inject('servers').context}, uid ${uid.slice(0, 4)}…`);
  });

  test('sends nothing before it is asked something, and then keeps few connections for many reads', async () => {
    const door = await countingDoor();
    const connection = await open({
      kubeconfig: await kubeconfigWith((config) => {
        for (const { cluster } of config.clusters) cluster['server'] = `https://127.0.0.1:${door.port}`;
      }),
    });
    expect(door.connections()).toBe(0);
    const kind = connection.kind('kubernetes.config-map');
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 30 }, (_, index) => kind.read([namespace, `missing-${index}`], {})));
    }
    expect(door.connections()).toBeLessThanOrEqual(16);
  });

  test('goes through the proxy that the kubeconfig names', async () => {
    const asked: string[] = [];
    const proxy = createHttpServer().on('connect', (request, client: Socket) => {
      asked.push(request.url ?? '');
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const server = dial(Number(port), host, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        client.pipe(server).pipe(client);
      });
      client.on('error', () => server.destroy());
      server.on('error', () => client.destroy());
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    opened.push({ close: () => proxy.closeAllConnections() }, proxy);
    const address = proxy.address();
    const port = address === null || typeof address === 'string' ? 0 : address.port;
    const connection = await open({
      kubeconfig: await kubeconfigWith((config) => {
        for (const { cluster } of config.clusters) cluster['proxy-url'] = `http://127.0.0.1:${port}`;
      }),
    });
    expect(await connection.scope()).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(asked)).toEqual(new Set([new URL(inject('servers').url).host]));
  });

  test('for reading only refuses to write, before anything is sent', async () => {
    const connection = await open({ readOnly: true });
    const write = connection.kind('kubernetes.config-map').write({
      id: [namespace, 'refused'],
      spec: { data: { a: '1' } },
      live: { exists: 'no' },
      fingerprints: {},
      removed: [],
    });
    await expect(write).rejects.toMatchObject({ code: 'GUARD' });
    expect(connection.writes()).toBe(0);
    await expect(connection.kind('kubernetes.config-map').read([namespace, 'refused'], {})).resolves.toEqual({
      exists: 'no',
    });
  });

  test('stops when the run is cancelled', async () => {
    const controller = new AbortController();
    const connection = await open({ signal: controller.signal });
    controller.abort();
    await expect(connection.scope()).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('a cluster that cannot be reached is an error with a next step', () => {
  const withCluster = (fields: Record<string, unknown>) =>
    kubeconfigWith((config) => {
      for (const { cluster } of config.clusters) Object.assign(cluster, fields);
    });

  test('when nothing listens there', async () => {
    const connection = await open({ kubeconfig: await withCluster({ server: 'https://127.0.0.1:1' }) });
    await expect(connection.scope()).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('nothing listens there'),
      detail: { next: expect.stringContaining('kubectl') },
    });
    expect(await connection.describe()).toContain('uid not known');
  });

  test('when its certificate is signed by somebody else', async () => {
    const { certificate } = createAuthority('another authority');
    const data = { 'certificate-authority-data': Buffer.from(certificate).toString('base64') };
    const connection = await open({ kubeconfig: await withCluster(data) });
    await expect(connection.scope()).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('certificate'),
    });
  });

  test('when TLS would not be verified', async () => {
    const kubeconfig = await withCluster({ 'insecure-skip-tls-verify': true });
    await expect(open({ kubeconfig })).rejects.toMatchObject({ code: 'GUARD' });
    await expect(open({ kubeconfig: await withCluster({ server: 'http://127.0.0.1:1' }) })).rejects.toMatchObject({
      code: 'GUARD',
    });
  });
});

describe('credentials', () => {
  test('that the API server does not accept are named, with a way to new ones', async () => {
    const connection = await open({ kubeconfig: await kubeconfigAs({ token: 'expired' }) });
    await expect(connection.scope()).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining('lab-test'),
      detail: { next: expect.stringContaining('fetch the kubeconfig anew') },
    });
  });

  test('with few permissions get DENIED, never "not there"', async () => {
    const token = await (await open()).offers.tokens?.token({ namespace, name: 'nobody' }, []);
    if (token === undefined) throw new Error('the provider offers no tokens');
    const connection = await open({ kubeconfig: await kubeconfigAs({ token: reveal(token) }) });
    const read = connection.kind('kubernetes.secret').read([namespace, 'any'], {});
    await expect(read).rejects.toMatchObject({
      code: 'DENIED',
      message: expect.stringContaining('cannot get resource "secrets"'),
    });
    expect(await connection.kind('kubernetes.namespace').keep([namespace])).toContain('lab cannot tell');
  });

  test('made by a program of the operator are used', async () => {
    const token = await (await open()).offers.tokens?.token({ namespace, name: 'nobody' }, []);
    if (token === undefined) throw new Error('the provider offers no tokens');
    const status = { token: reveal(token) };
    const answer = JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status });
    const program = await programThat(`test -n "$KUBERNETES_EXEC_INFO" && echo '${answer}'`);
    const kubeconfig = await kubeconfigAs({
      exec: { apiVersion: 'client.authentication.k8s.io/v1', command: program },
    });
    const connection = await open({ kubeconfig, env: { KUBECONFIG: kubeconfig } });
    await expect(connection.kind('kubernetes.secret').read([namespace, 'any'], {})).rejects.toMatchObject({
      message: expect.stringContaining(`system:serviceaccount:${namespace}:nobody`),
    });
  });

  test('that have expired in the middle of a run are made anew', async () => {
    const token = await (await open()).offers.tokens?.token({ namespace, name: 'nobody' }, []);
    if (token === undefined) throw new Error('the provider offers no tokens');
    const credential = (status: object) =>
      JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status });
    const old = credential({ token: 'expired', expirationTimestamp: '2020-01-01T00:00:00Z' });
    const ran = join(await temporaryFolder(), 'ran');
    const program = await programThat(
      `if [ -e ${ran} ]; then echo '${credential({ token: reveal(token) })}'; else touch ${ran}; echo '${old}'; fi`,
    );
    const kubeconfig = await kubeconfigAs({
      exec: { apiVersion: 'client.authentication.k8s.io/v1', command: program },
    });
    const connection = await open({ kubeconfig, env: { KUBECONFIG: kubeconfig } });
    await expect(connection.kind('kubernetes.secret').read([namespace, 'any'], {})).rejects.toMatchObject({
      code: 'DENIED',
    });
  });

  test('whose program fails are an error that shows nothing it printed', async () => {
    const program = await programThat('echo secret-token-on-stdout; echo secret-token-on-stderr >&2; exit 3');
    const kubeconfig = await kubeconfigAs({
      exec: { apiVersion: 'client.authentication.k8s.io/v1', command: program },
    });
    const connection = await open({ kubeconfig, env: { KUBECONFIG: kubeconfig } });
    const error = await connection.scope().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', message: expect.stringContaining(`${program} failed`) });
    expect(JSON.stringify([error, String(error)])).not.toContain('secret-token');
  });

  test('whose program is missing say so', async () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'lab-no-such-program' };
    const kubeconfig = await kubeconfigAs({ exec });
    const connection = await open({ kubeconfig, env: { KUBECONFIG: kubeconfig } });
    await expect(connection.scope()).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining('lab-no-such-program is not on the PATH'),
    });
  });
});

const programThat = async (does: string): Promise<string> => {
  const file = join(await temporaryFolder(), 'login');
  await writeFile(file, `#!/bin/sh\n${does}\n`);
  await chmod(file, 0o700);
  return file;
};
