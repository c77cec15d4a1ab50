import { beforeEach, expect, test } from 'vitest';
import { type KubeObject, type OwnObjects, ownSecretType } from '../../../src/engine/ports.ts';
import { type Stranger, stranger, uniqueName } from '../kubernetes/cluster.ts';
import { ownObjects } from './cluster-case.ts';

let objects: OwnObjects;
let someone: Stranger;
let namespace: string;

beforeEach(async () => {
  [objects, someone] = [await ownObjects(), await stranger()];
  namespace = uniqueName('own');
  await someone('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
});

const secret = (name: string, more: Readonly<Record<string, unknown>> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: ownSecretType,
  metadata: { name, namespace, labels: { of: 'a-test' } },
  data: { text: Buffer.from(name).toString('base64') },
  ...more,
});

const lease = (): KubeObject => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'lock', namespace },
  spec: { holderIdentity: 'somebody', renewTime: '2026-01-02T03:04:05.678000Z' },
});

const refOf = ({ kind, metadata: { name } }: KubeObject) => ({ group: '', kind, namespace, name });

const made = async (object: KubeObject): Promise<KubeObject> => {
  const answer = await objects.create(object);
  if (answer.is !== 'made') throw new Error(answer.is);
  return answer.object;
};

test('an object is made once, and not where there is no namespace', async () => {
  expect(await objects.get(refOf(secret('one')))).toBeUndefined();
  expect(await objects.create(secret('one'))).toMatchObject({ is: 'made' });
  expect(await objects.create(secret('one', { data: {} }))).toEqual({ is: 'taken' });
  expect(await objects.get(refOf(secret('one')))).toMatchObject({ data: secret('one')['data'] });
  const elsewhere = { ...secret('one'), metadata: { name: 'one', namespace: `${namespace}-not` } };
  expect(await objects.create(elsewhere)).toEqual({ is: 'homeless' });
});

test.each([
  ['Secret', () => secret('one')],
  ['Lease', lease],
])(
  'a %s is replaced in the version that was read and in no other, and a deleted one is not made anew',
  async (_kind, start) => {
    const first = await made(start());
    const labels = { by: 'first' };
    const second = await objects.replace({ ...first, metadata: { ...first.metadata, labels } });
    expect(second?.metadata.labels).toEqual(labels);
    expect(
      await objects.replace({ ...first, metadata: { ...first.metadata, labels: { by: 'late' } } }),
    ).toBeUndefined();
    expect((await objects.get(refOf(first)))?.metadata.labels).toEqual(labels);
    await objects.remove(refOf(first));
    await objects.remove(refOf(first));
    expect(await objects.replace(second ?? first)).toBeUndefined();
    expect(await objects.get(refOf(first))).toBeUndefined();
    // Another object of the same name is not the one that was read.
    await made(start());
    expect(await objects.replace(second ?? first)).toBeUndefined();
  },
);

test("the data of Secrets that are not lab's own is not handed out", async () => {
  await someone('POST', `/api/v1/namespaces/${namespace}/secrets`, {
    metadata: { name: 'foreign' },
    data: { a: 'eA==' },
  });
  await expect(objects.get(refOf(secret('foreign')))).rejects.toMatchObject({ code: 'BAD_STATE' });
});

test('a list shows what has the labels, without data', async () => {
  await made(secret('one'));
  await made({ ...secret('two'), metadata: { name: 'two', namespace, labels: { of: 'another' } } });
  const found = await objects.list(namespace, { of: 'a-test' });
  expect(found.map(({ name }) => name)).toEqual(['one']);
});
