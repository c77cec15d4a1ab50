import { describe, expect, test } from 'vitest';
import type { KindFacts } from '../../../src/engine/resource.ts';
import { kubernetes } from '../../../src/providers/kubernetes/index.ts';
import { secret } from '../../../src/secrets/secret.ts';

const kind = (name: string): KindFacts => {
  const found = kubernetes.kinds.find((candidate) => candidate.kind === `kubernetes.${name}`);
  if (found === undefined) throw new Error(`there is no kind ${name}`);
  return found;
};

describe('the kinds of a cluster', () => {
  test('keep the name space of lab’s own annotations to lab', () => {
    for (const name of ['namespace', 'service-account', 'config-map']) {
      expect(kind(name).normalise({ annotations: { 'k8s-lab.dev/owner': 'me' } })).toMatchObject({
        ok: false,
        found: [{ text: '"k8s-lab.dev/owner" is lab\'s own: take it out' }],
      });
    }
    const object = { apiVersion: 'v1', metadata: { labels: { 'k8s-lab.dev/x': 'y' } } };
    expect(kind('object').normalise({ object })).toMatchObject({ ok: false });
  });

  test('live in their namespace', () => {
    expect(kind('secret').parent(['crossplane-system', 'azure'], {})).toBe('kubernetes.namespace/crossplane-system');
    expect(kind('object').parent(['core', 'Service', 'vault', 'ui'], {})).toBe('kubernetes.namespace/vault');
    expect(kind('object').parent(['rbac.authorization.k8s.io', 'ClusterRole', 'x'], {})).toBeUndefined();
  });

  test('normalise to what normalises to itself', () => {
    const spec = { data: { a: '1', b: null }, labels: { x: 'y' } };
    expect(kind('config-map').normalise(spec)).toEqual({ ok: true, spec });
    const object = { apiVersion: 'apps/v1', metadata: { labels: { x: null } }, spec: { replicas: 1 } };
    expect(kind('object').normalise({ object })).toEqual({ ok: true, spec: { object } });
  });

  test('take secret values as secrets only', () => {
    expect(kind('secret').normalise({ data: { a: secret('x'), b: null } })).toMatchObject({ ok: true });
    expect(kind('secret').normalise({ data: { a: 'x' } })).toMatchObject({ ok: false });
    expect(kind('secret').normalise({ data: { 'no/key': secret('x') } })).toMatchObject({ ok: false });
  });
});

describe('kubernetes.object', () => {
  const normalised = (object: object) => kind('object').normalise({ object: { ...object } });

  test('leaves Secrets and namespaces to their own kinds, and status to controllers', () => {
    expect(normalised({ apiVersion: 'v1', kind: 'Secret' })).toMatchObject({ ok: false });
    expect(normalised({ apiVersion: 'v1', kind: 'Namespace' })).toMatchObject({ ok: false });
    expect(normalised({ apiVersion: 'v1', kind: 'Service', status: {} })).toMatchObject({ ok: false });
    expect(normalised({ apiVersion: 'example.org/v1', kind: 'Secret' })).toMatchObject({ ok: true });
  });

  test('stands behind a gate for every group that is not part of Kubernetes', () => {
    const gates = (group: string) => kind('object').gates([group, 'Thing', 'x'], {});
    expect(gates('core')).toEqual([]);
    expect(gates('apps')).toEqual([]);
    expect(gates('rbac.authorization.k8s.io')).toEqual([]);
    expect(gates('gateway.networking.k8s.io')).toEqual(['kubernetes.served/gateway.networking.k8s.io/Thing']);
    expect(gates('example.org')).toEqual(['kubernetes.served/example.org/Thing']);
  });

  test('opens that gate if it is the definition, and only then', () => {
    const object = { apiVersion: 'apiextensions.k8s.io/v1', spec: { group: 'example.org', names: { kind: 'Thing' } } };
    const opens = (id: readonly string[], spec: object) => kind('object').opens(id, { ...spec });
    const definition = ['apiextensions.k8s.io', 'CustomResourceDefinition', 'things.example.org'];
    expect(opens(definition, { object })).toEqual(['kubernetes.served/example.org/Thing']);
    expect(opens(definition, {})).toEqual([]);
    expect(opens(['core', 'ConfigMap', 'default', 'x'], { object })).toEqual([]);
  });
});
