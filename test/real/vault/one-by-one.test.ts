import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { freePorts } from '../../servers/ports.ts';
import { createRunFolder, type RunFolder } from '../../servers/run-folders.ts';
import { startVault } from '../../servers/vault.ts';
import { type Pods, startPods } from '../../support/pods.ts';
import { type Stranger, stranger } from '../kubernetes/cluster.ts';
import { serviceOfVault, throughCluster } from './in-cluster.ts';
import { type Nothing, setUp } from './nothing.ts';
import { uniqueName } from './server.ts';

const namespace = uniqueName('ordered');
const api = 8200;
const count = 3;

const created = z.object({ metadata: z.object({ uid: z.string() }) });

/** Whether a Vault is in service, as the readiness probe of its chart has it. */
const isReady = async (port: number): Promise<boolean> => {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/sys/health`).catch(() => undefined);
  return answer !== undefined && [200, 429, 473].includes(answer.status);
};

// The StatefulSet's controller is played: each pod comes once the one before it is ready, and Vault in it a moment later.
describe('a StatefulSet that brings its pods one by one, each once the one before it is unsealed', () => {
  let folder: RunFolder;
  let pods: Pods;
  let here: Nothing;
  let ports: number[];
  let put: Stranger;
  let set: { name: string; uid: string };
  const ended = new AbortController();

  const runPod = async (index: number) => {
    const [port = 0] = ports.slice(index);
    await pods.run({
      namespace,
      name: `vault-${index}`,
      labels: { app: 'vault' },
      ports: { [api]: port },
      ready: false,
      set,
    });
    await sleep(1_000);
    const others = ports.map((other) => `http://127.0.0.1:${other}`);
    await startVault({ dir: join(folder.dir, `vault-${index}`), port, mode: { kind: 'raft', join: others } });
  };

  const control = async () => {
    for (let index = 1; index < count; index += 1) {
      while (!ended.signal.aborted && !(await isReady(ports[index - 1] ?? 0))) await sleep(100);
      if (ended.signal.aborted) return;
      // It has to find a node and fetch its image: long enough to be told of.
      await sleep(3_500);
      await runPod(index);
    }
  };

  beforeAll(async () => {
    folder = await createRunFolder();
    ports = (await freePorts(2 * count)).filter((_, index) => index % 2 === 0);
    here = await setUp(`http://vault.${namespace}:${api}`);
    await throughCluster(here);
    put = await stranger();
    await serviceOfVault(put, namespace, api);
    const { metadata } = created.parse(
      await put('POST', `/apis/apps/v1/namespaces/${namespace}/statefulsets`, {
        metadata: { name: 'vault' },
        spec: {
          replicas: count,
          serviceName: 'vault',
          selector: { matchLabels: { app: 'vault' } },
          template: {
            metadata: { labels: { app: 'vault' } },
            spec: { containers: [{ name: 'server', image: 'none' }] },
          },
        },
      }),
    );
    set = { name: 'vault', uid: metadata.uid };
    const { node, caFile } = inject('servers');
    pods = await startPods(put, uniqueName('node'), node && { ...node, caFile });
    await runPod(0);
  });
  afterAll(async () => {
    ended.abort();
    await here.strike();
    await pods.stop();
    await folder.remove();
  });

  test('one apply unseals them all', async () => {
    const controller = control();
    const ran = await here.lab(['apply', '--auto-approve']);
    expect({ code: ran.code, errors: ran.code === 0 ? '' : ran.stdout + ran.stderr }).toEqual({ code: 0, errors: '' });
    expect(ran.stderr).toMatch(/vault\.server\/main +waiting: vault-1, vault-2 of its StatefulSet are still to come/);
    await controller;
    const { servers } = z
      .object({ servers: z.array(z.object({ address: z.string(), state: z.string() })) })
      .parse(await here.json(['vault', 'status']));
    expect(servers.map(({ state }) => state).toSorted()).toEqual(['active', 'standby', 'standby']);
    expect(await here.json(['apply', '--auto-approve'])).toMatchObject({ code: 0, writes: 0, done: [] });
  });
});
