import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../../../src/engine/provider.ts';
import { externalSecrets } from '../../../src/providers/external-secrets/index.ts';
import { kubernetes } from '../../../src/providers/kubernetes/index.ts';
import { provide } from '../../servers/binaries/provide.ts';
import { type ControlPlane, startControlPlane } from '../../servers/control-plane.ts';
import { installCustomResources } from '../../servers/custom-resources.ts';
import { chosenRelease } from '../../servers/external-secrets-release.ts';
import { createRunFolder, type RunFolder } from '../../servers/run-folders.ts';
import { contextWith } from '../kubernetes/cluster.ts';
import { actor } from './operator.ts';

const gate = 'external-secrets.crd/externalsecrets.external-secrets.io';
const plurals = ['clustersecretstores', 'secretstores', 'externalsecrets'];

let folder: RunFolder;
let controlPlane: ControlPlane;
beforeAll(async () => {
  folder = await createRunFolder();
  controlPlane = await startControlPlane({ dir: join(folder.dir, 'without-definitions'), customResources: [] });
});
afterAll(async () => {
  await controlPlane.stop();
  await folder.remove();
});

const connectAs = async (mode: 'expected' | 'wait'): Promise<Connection> => {
  const { kubeconfig, context } = controlPlane;
  const { objects } = (await kubernetes.connect({ context, kubeconfig }, contextWith())).offers;
  if (objects === undefined) throw new Error('the kubernetes provider offers no objects');
  const given = contextWith();
  const ports = { ...given.ports, objects: async () => objects };
  return externalSecrets.connect({ mode, namespace: 'external-secrets' }, { ...given, ports });
};

const serve = async (plural: string, ...names: readonly string[]): Promise<void> => {
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.external-secrets.io`;
  const definition = JSON.parse((await controlPlane.call({ method: 'GET', path })).body);
  for (const version of definition.spec.versions) version.served = names.includes(version.name);
  const answer = await controlPlane.call({ method: 'PUT', path, body: JSON.stringify(definition) });
  expect(answer.status).toBe(200);
};

test('on a cluster without its definitions the gate is shut or broken, and opens once they are there', async () => {
  const waiting = await connectAs('wait');
  const because = 'CRD externalsecrets.external-secrets.io is not installed yet';
  expect(await waiting.gate(gate)).toEqual({ state: 'shut', because });
  expect(await waiting.describe()).toBe('External Secrets, not installed yet');
  expect(await (await connectAs('expected')).gate(gate)).toMatchObject({ state: 'broken' });
  await installCustomResources(controlPlane.call, (await provide(chosenRelease().definitions)).path);
  await expect.poll(() => waiting.gate(gate), { timeout: 20_000 }).toEqual({ state: 'open' });
});

test('where only v1beta1 is served, that is what it reads and writes', async () => {
  // As External Secrets before 0.16 left its definitions.
  for (const plural of plurals) await serve(plural, 'v1beta1');
  const beta = async () => (await connectAs('expected')).describe();
  await expect.poll(beta, { timeout: 20_000 }).toBe('External Secrets, API v1beta1');
  const operator = await connectAs('expected');
  const store = actor(operator.kind('external-secrets.cluster-secret-store'), 'beta');
  await store.put({ provider: { fake: { data: [{ key: 'a', value: 'one' }] } } });
  expect(await store.read()).toMatchObject({ exists: 'yes', mark: 'real/test/0' });
  const spec = {
    store: { name: 'beta', kind: 'ClusterSecretStore' },
    refresh: 5400,
    data: [{ key: 'a', remote: { key: 'a' } }],
  };
  const secret = actor(operator.kind('external-secrets.external-secret'), 'default', 'beta');
  await secret.put(spec);
  expect(await secret.read()).toMatchObject({ exists: 'yes', spec });
  expect(await secret.settled()).toMatchObject({
    state: 'waiting',
    because: expect.stringContaining('not looked at it yet'),
  });
});

test('where both are served, it works with v1, and finds nothing to do in what was applied as v1beta1', async () => {
  // As External Secrets 0.16 has them, for clusters that are on their way to v1.
  for (const plural of plurals) await serve(plural, 'v1beta1', 'v1');
  const both = async () => (await connectAs('expected')).describe();
  await expect.poll(both, { timeout: 20_000 }).toBe('External Secrets, API v1');
  const operator = await connectAs('expected');
  const spec = {
    store: { name: 'both', kind: 'ClusterSecretStore' },
    refresh: 5400,
    data: [{ key: 'a', remote: { key: 'a' } }],
  };
  const path = '/apis/external-secrets.io/v1beta1/namespaces/default/externalsecrets/both';
  const body = {
    apiVersion: 'external-secrets.io/v1beta1',
    kind: 'ExternalSecret',
    metadata: { name: 'both' },
    spec: {
      refreshInterval: '1h30m0s',
      secretStoreRef: spec.store,
      data: [{ secretKey: 'a', remoteRef: { key: 'a' } }],
    },
  };
  const applied = await controlPlane.call({
    method: 'PATCH',
    path: `${path}?fieldManager=kubectl`,
    contentType: 'application/apply-patch+yaml',
    body: JSON.stringify(body),
  });
  expect(applied.status).toBe(201);
  const kind = operator.kind('external-secrets.external-secret');
  const id = ['default', 'both'];
  const live = await kind.read(id, spec);
  expect(live).toMatchObject({ exists: 'yes', spec });
  // As with --adopt.
  await kind.write({ id, spec, live, mark: 'real/test/0', takeOver: true, fingerprints: {}, removed: [] });
  const { metadata } = JSON.parse((await controlPlane.call({ method: 'GET', path })).body);
  const managers = metadata.managedFields.map(({ manager, apiVersion }: Record<string, string>) => [
    manager,
    apiVersion,
  ]);
  expect(managers).toContainEqual(['lab', 'external-secrets.io/v1']);
  expect(await kind.read(id, spec)).toMatchObject({ exists: 'yes', spec, mark: 'real/test/0' });
});
