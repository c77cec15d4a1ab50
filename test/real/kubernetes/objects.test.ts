import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../../src/engine/provider.ts';
import type { BoundKind, Live } from '../../../src/engine/resource.ts';
import type { Fields } from '../../../src/engine/value.ts';
import { kubernetes } from '../../../src/providers/kubernetes/index.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, deskFrom, plan, resource } from '../../support/world.ts';
import { connect, isThere, type Stranger, stranger, uniqueName } from './cluster.ts';

const group = `${uniqueName('lab')}.example.org`;
const definitionId = ['apiextensions.k8s.io', 'CustomResourceDefinition', `widgets.${group}`];
const definitionPath = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`;
const gate = `kubernetes.served/${group}/Widget`;
const mark = 'test/real/0001';
let connection: Connection;
let object: BoundKind;
let someone: Stranger;

beforeAll(async () => {
  connection = await connect();
  object = connection.kind('kubernetes.object');
  someone = await stranger();
});
afterAll(() => connection.close());

const schema = {
  type: 'object',
  properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
};
const definition: Fields = {
  apiVersion: 'apiextensions.k8s.io/v1',
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
  },
};
const widget = (size: number): Fields => ({ apiVersion: `${group}/v1`, spec: { size } });
const request = (id: readonly string[], spec: Fields, live: Live = { exists: 'no' }) => ({
  id,
  spec: { object: spec },
  live,
  mark,
  fingerprints: {},
  removed: [],
});

describe('a custom type', () => {
  test('is a shut gate before its definition, waits until it is established, and then opens', async () => {
    const [facts] = kubernetes.kinds.filter(({ kind }) => kind === 'kubernetes.object');
    expect(facts?.opens(definitionId, { object: definition })).toEqual([gate]);
    expect(facts?.gates([group, 'Widget', 'default', 'one'], {})).toEqual([gate]);
    expect(await connection.gate(gate)).toEqual({
      state: 'shut',
      because: `the API server does not serve ${group} Widget yet`,
    });
    expect(await object.read([group, 'Widget', 'default', 'one'], { object: widget(1) })).toMatchObject({
      exists: 'unknown',
    });

    await object.write(request(definitionId, definition));
    await expect.poll(() => object.settled(definitionId, { object: definition })).toEqual({ state: 'done' });
    await expect.poll(() => connection.gate(gate)).toEqual({ state: 'open' });
    expect(await object.read([group, 'Widget', 'default', 'one'], { object: widget(1) })).toEqual({ exists: 'no' });
  });

  test('has objects that are read without what the server manages', async () => {
    const id = [group, 'Widget', 'default', 'one'];
    await object.write(request(id, widget(1)));
    expect(await object.read(id, { object: widget(1) })).toMatchObject({
      mark,
      spec: {
        object: {
          apiVersion: `${group}/v1`,
          kind: 'Widget',
          metadata: { name: 'one', namespace: 'default', labels: {}, annotations: {} },
          spec: { size: 1 },
        },
      },
    });
  });

  test('is kept while somebody else has objects of it, and released without harm', async () => {
    expect(await object.keep(definitionId)).toBeUndefined();
    await someone('POST', `/apis/${group}/v1/namespaces/default/widgets`, {
      ...widget(2),
      kind: 'Widget',
      metadata: { name: 'theirs' },
    });
    expect(await object.keep(definitionId)).toBe("the type Widget still has what is not lab's: Widget default/theirs");
    await object.release(definitionId);
    const { metadata, spec } = await someone('GET', definitionPath);
    expect(metadata.annotations).toBeUndefined();
    expect(spec).toMatchObject({ group });
    await someone('DELETE', `/apis/${group}/v1/namespaces/default/widgets/theirs`);
  });

  test('shuts its gate again when the definition is removed with all its objects', async () => {
    await object.remove(definitionId);
    expect(await isThere(someone, definitionPath)).toBe(false);
    await expect
      .poll(() => object.read([group, 'Widget', 'default', 'one'], {}))
      .toMatchObject({
        exists: 'unknown',
        because: expect.stringContaining('does not serve'),
      });
  });
});

describe('kubernetes.object', () => {
  test('has nothing to do with Secrets and namespaces', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', data: { a: 'YQ==' } };
    const id = ['core', 'Secret', 'default', 'any'];
    await expect(object.read(id, {})).rejects.toMatchObject({ code: 'BAD_MANIFEST' });
    await expect(object.write(request(id, secret))).rejects.toMatchObject({ code: 'BAD_MANIFEST' });
    await expect(object.remove(['core', 'Namespace', 'default'])).rejects.toMatchObject({ code: 'BAD_MANIFEST' });
  });

  test('must be what its address says', async () => {
    const id = ['core', 'ConfigMap', 'default', 'one'];
    const other = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'two' }, data: {} };
    await expect(object.read(id, { object: other })).rejects.toMatchObject({ code: 'BAD_MANIFEST' });
    await expect(object.read(['core', 'ConfigMap', 'one'], {})).rejects.toMatchObject({
      code: 'BAD_MANIFEST',
      message: expect.stringContaining('lives in a namespace'),
    });
  });

  test('that the API server finds invalid is refused with its reason', async () => {
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', rules: [{ verbs: [], resources: ['pods'] }] };
    const id = ['rbac.authorization.k8s.io', 'Role', 'default', uniqueName('broken')];
    await expect(object.write(request(id, role))).rejects.toMatchObject({
      code: 'REJECTED',
      message: expect.stringContaining('rules[0].verbs: Required value'),
    });
    await expect(object.write(request(id, { ...role, rules: [{ verbs: 'get' }] }))).rejects.toMatchObject({
      code: 'REJECTED',
      message: expect.stringContaining('.rules[0].verbs'),
    });
  });

  test('in a version that is not served is refused, naming those that are', async () => {
    const id = ['apps', 'Deployment', 'default', 'old'];
    await expect(object.read(id, { object: { apiVersion: 'apps/v1beta1' } })).rejects.toMatchObject({
      code: 'REJECTED',
      detail: { next: 'It serves v1.' },
    });
  });

  test('whose values the server writes in its own way has nothing to do after apply', async () => {
    const namespace = uniqueName('quantities');
    const bench = {
      kinds: kubernetes.kinds,
      connections: [connection],
      store: memoryStore(),
      desk: deskFrom({}, () => Promise.reject(new Error('there are no secrets here'))),
    };
    const resources = [
      resource(`kubernetes.namespace/${namespace}`, {}, { ownership: 'contributed' }),
      resource(`kubernetes.object/core/LimitRange/${namespace}/limits`, {
        object: { apiVersion: 'v1', spec: { limits: [{ type: 'Container', max: { cpu: '1000m' } }] } },
      }),
    ];
    expect((await applyAll(bench, resources)).diagnostics).toEqual([]);
    const live = await object.read(['core', 'LimitRange', namespace, 'limits'], {});
    expect(live).toMatchObject({ spec: { object: { spec: { limits: [{ max: { cpu: '1' } }] } } } });
    expect((await plan(bench, resources)).summary).toMatchObject({ update: 0, none: 2 });
  });
});
