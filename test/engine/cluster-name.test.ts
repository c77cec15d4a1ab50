import { expect, test } from 'vitest';
import { clusterName } from '../../src/engine/cluster-name.ts';

test.each([
  ['vault.vault', { service: 'vault', namespace: 'vault' }],
  ['vault.prod.svc', { service: 'vault', namespace: 'prod' }],
  ['vault.prod.svc.cluster.local', { service: 'vault', namespace: 'prod' }],
  ['vault-0.vault-internal.prod.svc', { pod: 'vault-0', service: 'vault-internal', namespace: 'prod' }],
  ['vault-0.vault-internal.prod.svc.cluster.local', { pod: 'vault-0', service: 'vault-internal', namespace: 'prod' }],
])('%s is a name of the cluster', (host, name) => {
  expect(clusterName(host)).toEqual(name);
});

test.each(['vault', 'localhost', '127.0.0.1', '10.0.0.1', '[::1]', 'vault.example.com', 'a.b.c.d.svc', 'x_.y'])(
  '%s is none',
  (host) => {
    expect(clusterName(host)).toBeUndefined();
  },
);
