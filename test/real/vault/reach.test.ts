import { writeFile } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { createAuthority } from '../../../src/sandbox/certificates/authority.ts';
import { freePorts } from '../../servers/ports.ts';
import { createRunFolder, type RunFolder } from '../../servers/run-folders.ts';
import { startVault, type Vault } from '../../servers/vault.ts';
import { type Pods, startPods } from '../../support/pods.ts';
import { type Stranger, stranger } from '../kubernetes/cluster.ts';
import { serviceOfVault, throughCluster } from './in-cluster.ts';
import { type Nothing, setUp } from './nothing.ts';
import { uniqueName } from './server.ts';

const namespace = uniqueName('vault');
const service = `vault.${namespace}`;
const pod = (index: number): string => `vault-${index}.vault.${namespace}.svc`;
const api = 8200;

// A node of our own that forwards ports, behind the real API server; in its pods, real Vaults of one raft cluster.
describe('a Vault in the cluster, reached through the API server', () => {
  let folder: RunFolder;
  let pods: Pods;
  let here: Nothing;
  let ports: number[];
  let vaults: Vault[];
  const start = () => {
    const members = ports.map((port) => `http://127.0.0.1:${port}`);
    return Promise.all(
      ports.map((port, index) =>
        startVault({ dir: join(folder.dir, `vault-${index}`), port, mode: { kind: 'raft', join: members } }),
      ),
    );
  };
  let put: Stranger;

  beforeAll(async () => {
    folder = await createRunFolder();
    ports = (await freePorts(6)).filter((_, index) => index % 2 === 0);
    vaults = await start();
    here = await setUp(`http://${service}:${api}`);
    await throughCluster(here);
    put = await stranger();
    await serviceOfVault(put, namespace, api);
    const { node, caFile } = inject('servers');
    pods = await startPods(put, uniqueName('node'), node && { ...node, caFile });
  });
  afterAll(async () => {
    await here.strike();
    await pods.stop();
    await folder.remove();
  });

  test('while no pod runs, it is waited for, and the plan says which way', async () => {
    const plan = await here.lab(['plan']);
    expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining(`${service}:8200 through the API server`) });
    expect(await here.json(['vault', 'status'])).toMatchObject({
      code: 4,
      servers: [{ state: 'unreachable', because: `no pod of Service ${namespace}/vault runs` }],
    });
  });

  test('one apply from nothing, pod by pod', async () => {
    for (const [index, port] of ports.entries()) {
      await pods.run({ namespace, name: `vault-${index}`, labels: { app: 'vault' }, ports: { [api]: port } });
    }
    const ran = await here.lab(['apply', '--auto-approve', '--wait', '1m']);
    expect({ code: ran.code, errors: ran.code === 0 ? '' : ran.stdout + ran.stderr }).toEqual({ code: 0, errors: '' });
    expect(await here.json(['apply', '--auto-approve'])).toMatchObject({ code: 0, writes: 0, done: [] });
    const { servers } = z
      .object({ servers: z.array(z.object({ address: z.string(), state: z.string() })) })
      .parse(await here.json(['vault', 'status']));
    expect(servers.map(({ address }) => address)).toEqual([0, 1, 2].map((index) => `http://${pod(index)}:${api}`));
    expect(servers.map(({ state }) => state).toSorted()).toEqual(['active', 'standby', 'standby']);
  });

  test('a node that loses every connection again and again costs time, and no error', async () => {
    const cutting = new AbortController();
    const cut = (async () => {
      while (!cutting.signal.aborted) {
        pods.cutAll();
        await sleep(150);
      }
    })();
    const drift = here.lab(['drift']);
    await sleep(2_500);
    cutting.abort();
    await cut;
    const ran = await drift;
    expect({ code: ran.code, errors: ran.code === 0 ? '' : ran.stdout + ran.stderr }).toEqual({ code: 0, errors: '' });
  });

  test('restarted and sealed, every pod is unsealed', async () => {
    await Promise.all(vaults.map((vault) => vault.stop()));
    vaults = await start();
    expect(await here.json(['vault', 'status'])).toMatchObject({
      code: 4,
      servers: [0, 1, 2].map((index) => ({ address: `http://${pod(index)}:${api}`, state: 'sealed', given: 0 })),
    });
    expect(await here.json(['vault', 'unseal'])).toMatchObject({ code: 0 });
    for (let ran = 1; ran !== 0; ran = (await here.lab(['drift'])).code ?? 1) await sleep(200);
  });

  test('with TLS, Vault itself has to show a certificate of the declared authority for the Service', async () => {
    const authority = createAuthority('vault');
    const tlsPods = [service, 'another.name'].map((name) => {
      const { certificate: cert, key } = authority.issue({ commonName: name, use: { kind: 'server', names: [name] } });
      return createTlsServer({ cert, key }, (socket) => {
        const inside = connect(ports[0] ?? 0, '127.0.0.1');
        inside.on('error', () => socket.destroy());
        socket.on('error', () => inside.destroy());
        socket.pipe(inside).pipe(socket);
      });
    });
    const [right = 0, wrong = 0] = await Promise.all(tlsPods.map(listening));
    for (const [name, port] of Object.entries({ 'tls-0': right, 'tls-1': wrong })) {
      await pods.run({ namespace, name, labels: { app: 'tls' }, ports: { [api]: port } });
    }
    const path = `/api/v1/namespaces/${namespace}/services/vault`;
    await put('PATCH', path, { spec: { selector: { app: 'tls' } } });
    await writeFile(join(here.folder, 'ca.pem'), authority.certificate);
    await here.edit((manifest) =>
      manifest
        .replace('  reach: port-forward\n  plaintext: in-cluster', '  reach: { via: port-forward, ca: ca.pem }')
        .replace('"${vars.vaultAddress}"', `https://${service}:8200`),
    );
    expect(await here.json(['vault', 'status'])).toMatchObject({
      servers: [
        { address: `https://tls-0.vault.${namespace}.svc:${api}`, state: expect.stringMatching(/active|standby/) },
        { state: 'unreachable', because: 'its certificate is not trusted (ERR_TLS_CERT_ALTNAME_INVALID)' },
      ],
    });
    await writeFile(join(here.folder, 'ca.pem'), createAuthority('stranger').certificate);
    expect(await here.json(['vault', 'status'])).toMatchObject({
      servers: [
        { because: expect.stringContaining('not trusted') },
        { because: expect.stringContaining('not trusted') },
      ],
    });
    tlsPods.forEach((server) => server.close());
  });
});

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(z.object({ port: z.number() }).parse(server.address()).port));
  });
