import { describe, expect, test } from 'vitest';
import {
  collectionPath,
  joinApiVersion,
  objectPath,
  parseApiVersion,
} from '../../../src/providers/kubernetes/objects/paths.ts';

const type = (group: string, kind: string, plural: string, namespaced: boolean) => ({
  group,
  version: 'v1',
  kind,
  plural,
  namespaced,
  verbs: [],
});
const configMap = type('', 'ConfigMap', 'configmaps', true);
const clusterRole = type('rbac.authorization.k8s.io', 'ClusterRole', 'clusterroles', false);

describe('the path of an object', () => {
  test('lies under /api for the core group and under /apis for all others', () => {
    const ref = { group: '', kind: 'ConfigMap', namespace: 'lab', name: 'a' };
    expect(objectPath(configMap, ref)).toBe('/api/v1/namespaces/lab/configmaps/a');
    const role = { group: clusterRole.group, kind: 'ClusterRole', name: 'system:reader' };
    expect(objectPath(clusterRole, role)).toBe('/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Areader');
  });

  test('cannot be left by a name', () => {
    const ref = { group: '', kind: 'ConfigMap', namespace: 'lab', name: '../secrets/a?x=1' };
    expect(objectPath(configMap, ref)).toBe('/api/v1/namespaces/lab/configmaps/..%2Fsecrets%2Fa%3Fx%3D1');
  });

  test('needs a namespace exactly where the type has one', () => {
    const without = () => objectPath(configMap, { group: '', kind: 'ConfigMap', name: 'a' });
    expect(without).toThrow('a ConfigMap lives in a namespace');
    const within = () => objectPath(clusterRole, { group: 'x', kind: 'ClusterRole', namespace: 'lab', name: 'a' });
    expect(within).toThrow('a ClusterRole lives in no namespace');
  });

  test('has the collection above it', () => {
    expect(collectionPath(configMap, 'lab')).toBe('/api/v1/namespaces/lab/configmaps');
    expect(collectionPath(configMap)).toBe('/api/v1/configmaps');
  });
});

test.each([
  ['v1', { group: '', version: 'v1' }],
  ['apps/v1', { group: 'apps', version: 'v1' }],
])('apiVersion %s is taken apart and put together again', (text, parts) => {
  expect(parseApiVersion(text)).toEqual(parts);
  expect(joinApiVersion(parts.group, parts.version)).toBe(text);
});
