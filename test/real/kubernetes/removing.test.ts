import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../../src/engine/provider.ts';
import type { BoundKind } from '../../../src/engine/resource.ts';
import { removeObject } from '../../../src/providers/kubernetes/objects/remove.ts';
import { connect, isThere, openWire, type Stranger, stranger, uniqueName } from './cluster.ts';

const hold = 'lab.example/hold';
const mark = { 'k8s-lab.dev/owner': 'test/real/0001' };
let connection: Connection;
let someone: Stranger;
const kind = (name: string): BoundKind => connection.kind(`kubernetes.${name}`);

beforeAll(async () => {
  connection = await connect();
  someone = await stranger();
});
afterAll(() => connection.close());

const makeNamespace = async (): Promise<string> => {
  const name = uniqueName('removing');
  await someone('POST', '/api/v1/namespaces', { metadata: { name } });
  // What Kubernetes puts into every namespace is there a moment later.
  await expect.poll(() => isThere(someone, `/api/v1/namespaces/${name}/serviceaccounts/default`)).toBe(true);
  await expect.poll(() => isThere(someone, `/api/v1/namespaces/${name}/configmaps/kube-root-ca.crt`)).toBe(true);
  return name;
};
const makeConfigMap = (namespace: string, metadata: Record<string, unknown>) =>
  someone('POST', `/api/v1/namespaces/${namespace}/configmaps`, { metadata });

describe('remove', () => {
  test('of a namespace returns once it is gone with everything in it', async () => {
    const name = await makeNamespace();
    await makeConfigMap(name, { name: 'inside' });
    await kind('namespace').remove([name]);
    expect(await isThere(someone, `/api/v1/namespaces/${name}`)).toBe(false);
    expect(await kind('namespace').read([name], {})).toEqual({ exists: 'no' });
  });

  test('takes what the object owns with it', async () => {
    const name = await makeNamespace();
    const owner = await makeConfigMap(name, { name: 'owner' });
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid };
    await makeConfigMap(name, {
      name: 'owned',
      ownerReferences: [{ ...reference, blockOwnerDeletion: true }],
    });
    await kind('config-map').remove([name, 'owner']);
    expect(await isThere(someone, `/api/v1/namespaces/${name}/configmaps/owned`)).toBe(false);
  });

  test('says what holds the object when the time is up, waits no longer once it is to stop, and finishes in the next run', async () => {
    const name = await makeNamespace();
    await makeConfigMap(name, { name: 'held', finalizers: [hold] });
    const wire = await openWire();
    const ref = { group: '', kind: 'ConfigMap', namespace: name, name: 'held' };
    await expect(removeObject(wire, ref, 200)).rejects.toMatchObject({
      code: 'NOT_SETTLED',
      message: expect.stringContaining(hold),
    });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    await expect(removeObject({ ...wire, stopping: stop.signal }, ref)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await kind('config-map').read([name, 'held'], {})).toEqual({
      exists: 'unknown',
      because: `ConfigMap ${name}/held is being deleted`,
    });
    const going = removeObject(wire, ref);
    await someone('PATCH', `/api/v1/namespaces/${name}/configmaps/held`, { metadata: { finalizers: null } });
    await going;
    await wire.close();
  });
});

describe('a namespace that is being deleted', () => {
  test('reads as unknown, and takes nothing new', async () => {
    const name = await makeNamespace();
    await makeConfigMap(name, { name: 'held', finalizers: [hold] });
    await someone('DELETE', `/api/v1/namespaces/${name}`);
    expect(await kind('namespace').read([name], {})).toEqual({
      exists: 'unknown',
      because: `Namespace ${name} is being deleted`,
    });
    const write = kind('config-map').write({
      id: [name, 'late'],
      spec: { data: { a: '1' } },
      live: { exists: 'no' },
      fingerprints: {},
      removed: [],
    });
    await expect(write).rejects.toMatchObject({
      code: 'REJECTED',
      message: expect.stringContaining('being terminated'),
    });
    await someone('PATCH', `/api/v1/namespaces/${name}/configmaps/held`, { metadata: { finalizers: null } });
  });
});

describe('keep', () => {
  test('lets a namespace go that holds only defaults, lab’s own objects and what these own', async () => {
    const name = await makeNamespace();
    const ours = await makeConfigMap(name, { name: 'ours', annotations: mark });
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'ours', uid: ours.metadata.uid };
    await makeConfigMap(name, { name: 'owned', ownerReferences: [reference] });
    await someone('POST', `/api/v1/namespaces/${name}/events`, {
      metadata: { name: 'happened' },
      involvedObject: { kind: 'ConfigMap', name: 'ours', namespace: name },
    });
    expect(await kind('namespace').keep([name])).toBeUndefined();
  });

  test('holds a namespace with other people’s objects, built-in or custom, and names them', async () => {
    const name = await makeNamespace();
    await makeConfigMap(name, { name: 'theirs' });
    await someone('POST', `/apis/generators.external-secrets.io/v1alpha1/namespaces/${name}/passwords`, {
      apiVersion: 'generators.external-secrets.io/v1alpha1',
      kind: 'Password',
      metadata: { name: 'random' },
      spec: { length: 10, allowRepeat: true, noUpper: false },
    });
    expect(await kind('namespace').keep([name])).toBe(
      `namespace "${name}" holds what is not lab's: ConfigMap theirs, Password random`,
    );
  });
});
