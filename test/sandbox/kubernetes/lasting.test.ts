import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../src/sandbox/kubernetes/object.ts';
import { failureIn } from '../../../src/sandbox/kubernetes/refusal.ts';
import { type SandboxKubernetes, startKubernetes } from '../../../src/sandbox/kubernetes/start.ts';
import { openApi } from './api.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-sandbox-'));
});
afterAll(() => rm(folder, { recursive: true }));

const systemNamespace = { group: '', kind: 'Namespace', name: 'kube-system' };

describe('a sandbox cluster that is stopped and started again', () => {
  test('is the same cluster: objects, identities, credentials and versions', async () => {
    const file = join(folder, 'lasting', 'kubernetes.json');
    const first = await startKubernetes({ file });
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'kept', namespace: 'default' },
      data: { a: 'eA==' },
    };
    const kept = first.objects.create(secret, 'test');
    const token = first.requestToken({ namespace: 'default', name: 'default' }, []);
    const system = first.objects.get(systemNamespace);
    await first.stop();

    const second = await startKubernetes({ file });
    expect(second.objects.get({ group: '', kind: 'Secret', namespace: 'default', name: 'kept' })).toEqual(kept);
    expect(second.objects.get(systemNamespace)).toEqual(system);
    expect([second.caPem, second.token]).toEqual([first.caPem, first.token]);
    const next = second.objects.create({ ...secret, metadata: { ...secret.metadata, name: 'next' } }, 'test');
    expect(Number(next.metadata.resourceVersion)).toBeGreaterThan(Number(kept.metadata.resourceVersion));
    await second.kubeconfig(join(folder, 'second'));
    const api = await openApi(join(folder, 'second'));
    expect((await api.ask({ method: 'GET', path: '/api', ...(token === undefined ? {} : { token }) })).status).toBe(
      200,
    );
    api.close();
    await second.stop();
  });

  test('tells a watcher from before that its version is too old', async () => {
    const file = join(folder, 'watched', 'kubernetes.json');
    await (await startKubernetes({ file })).stop();
    const cluster = await startKubernetes({ file });
    await cluster.kubeconfig(join(folder, 'watched-config'));
    const api = await openApi(join(folder, 'watched-config'));
    const reply = await api.ask({ method: 'GET', path: '/api/v1/secrets?watch=true&resourceVersion=1' });
    expect(reply.body).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
    api.close();
    await cluster.stop();
  });

  test('keeps its content and its kubeconfig from other users', async () => {
    const file = join(folder, 'private', 'kubernetes.json');
    const cluster = await startKubernetes({ file });
    await cluster.kubeconfig(join(folder, 'private', 'kubeconfig'));
    await cluster.stop();
    const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
    expect(await mode(file)).toBe('600');
    expect(await mode(join(folder, 'private'))).toBe('700');
    expect(await mode(join(folder, 'private', 'kubeconfig'))).toBe('600');
    expect(JSON.parse(await readFile(join(folder, 'private', 'kubeconfig'), 'utf8')).clusters[0].cluster.server).toBe(
      cluster.url,
    );
  });

  test('is another cluster where there is no file', async () => {
    const [one, other] = [await startKubernetes(), await startKubernetes()];
    expect(one.token).not.toBe(other.token);
    expect(one.objects.get(systemNamespace)?.metadata.uid).not.toBe(other.objects.get(systemNamespace)?.metadata.uid);
    await Promise.all([one.stop(), other.stop()]);
  });
});

describe('controllers of the sandbox', () => {
  let cluster: SandboxKubernetes;
  beforeAll(async () => {
    cluster = await startKubernetes();
  });
  afterAll(() => cluster.stop());

  const store = (name: string): KubeObject => ({
    apiVersion: 'external-secrets.io/v1',
    kind: 'ClusterSecretStore',
    metadata: { name },
    spec: { provider: { fake: { data: [] } } },
  });
  const ref = (name: string) => ({ group: 'external-secrets.io', kind: 'ClusterSecretStore', name });

  test('hear of every change once, in order, after it was made', async () => {
    const heard: string[] = [];
    const stop = cluster.objects.onChange(({ type, object }) => heard.push(`${type} ${object.metadata.name}`));
    cluster.objects.create(store('heard'), 'test');
    expect(heard).toEqual([]);
    const found = cluster.objects.get(ref('heard')) ?? expect.unreachable('it was just made');
    cluster.objects.updateStatus({ ...found, status: { capabilities: 'ReadOnly' } }, 'test');
    cluster.objects.remove(ref('heard'));
    await Promise.resolve();
    expect(heard).toEqual(['ADDED heard', 'MODIFIED heard', 'DELETED heard']);
    stop();
    cluster.objects.create(store('unheard'), 'test');
    await Promise.resolve();
    expect(heard).toHaveLength(3);
  });

  test('write a status without the rest, and the rest without the status', () => {
    const made = cluster.objects.create(store('parts'), 'test');
    const withStatus = cluster.objects.updateStatus(
      { ...made, spec: { provider: { vault: { server: 'x' } } }, status: { capabilities: 'ReadOnly' } },
      'test',
    );
    expect(withStatus).toMatchObject({
      spec: { provider: { fake: {} } },
      status: { capabilities: 'ReadOnly' },
      metadata: { generation: 1 },
    });
    const changed = cluster.objects.update(
      { ...withStatus, spec: { controller: 'x', provider: { fake: { data: [] } } }, status: {} },
      'test',
    );
    expect(changed).toMatchObject({
      spec: { controller: 'x' },
      status: { capabilities: 'ReadOnly' },
      metadata: { generation: 2 },
    });
  });

  test('are refused a write that is based on an old state', () => {
    const made = cluster.objects.create(store('stale'), 'test');
    cluster.objects.update({ ...made, metadata: { ...made.metadata, labels: { a: 'b' } } }, 'test');
    let code: number | undefined;
    try {
      cluster.objects.update({ ...made, metadata: { ...made.metadata, labels: { c: 'd' } } }, 'test');
    } catch (error) {
      code = failureIn(error)?.code;
    }
    expect(code).toBe(409);
  });

  test('conflict with what lab applied, unless they force', () => {
    const applied = cluster.objects.apply(store('shared'), 'lab');
    const other = { ...store('shared'), spec: { provider: { fake: { data: [{ key: 'a', value: 'b' }] } } } };
    expect(() => cluster.objects.apply(other, 'controller')).toThrow('conflict with "lab": .spec.provider.fake.data');
    const forced = cluster.objects.apply(other, 'controller', { force: true });
    expect(forced.metadata.generation).toBe(Number(applied.metadata.generation) + 1);
  });
});
