import { expect, test } from 'vitest';
import { LabError } from '../../../src/errors.ts';
import { clusterSecretStore } from '../../../src/providers/external-secrets/cluster-secret-store.ts';
import { secretStore } from '../../../src/providers/external-secrets/secret-store.ts';
import { storeSettled } from '../../../src/providers/external-secrets/store.ts';
import { storeSpecOf } from '../../../src/providers/external-secrets/store-spec.ts';
import { clientOver, object, ready } from './client-over.ts';

const vault = {
  server: 'https://vault.vault:8200',
  path: 'secret',
  caProvider: { type: 'ConfigMap', name: 'vault-ca', key: 'ca.crt', namespace: 'vault' },
  auth: {
    kubernetes: {
      mountPath: 'clusters/one',
      role: 'external-secrets',
      serviceAccountRef: { name: 'external-secrets', namespace: 'eso' },
    },
  },
};

test('a store on Vault comes after role, mount, service account and certificate', () => {
  expect(clusterSecretStore.after(['vault'], { provider: { vault } }).toSorted()).toEqual([
    'kubernetes.config-map/vault/vault-ca',
    'kubernetes.service-account/eso/external-secrets',
    'vault.kubernetes-auth-config/clusters%2Fone',
    'vault.kubernetes-auth-role/clusters%2Fone/external-secrets',
    'vault.mount/secret',
  ]);
});

test('without a mount path the role lies on the default one', () => {
  const provider = { vault: { server: 'https://vault', auth: { kubernetes: { role: 'reader' } } } };
  expect(clusterSecretStore.after(['vault'], { provider })).toEqual([
    'vault.kubernetes-auth-config/kubernetes',
    'vault.kubernetes-auth-role/kubernetes/reader',
  ]);
});

test('a store on Kubernetes comes after the namespace that it reads and its service account', () => {
  const serviceAccount = { name: 'reader', namespace: 'eso' };
  const provider = { kubernetes: { remoteNamespace: 'central', auth: { serviceAccount } } };
  expect(clusterSecretStore.after(['central'], { provider })).toEqual([
    'kubernetes.namespace/central',
    'kubernetes.service-account/eso/reader',
  ]);
});

test('Secrets that hold credentials come first', () => {
  const reference = (key: string) => ({ name: 'aws', key, namespace: 'eso' });
  const secretRef = { accessKeyIDSecretRef: reference('id'), secretAccessKeySecretRef: reference('secret') };
  expect(clusterSecretStore.after(['aws'], { provider: { aws: { auth: { secretRef } } } })).toEqual([
    'kubernetes.secret/eso/aws',
  ]);
});

test('a reference without a namespace is in the namespace of a SecretStore, and open in a ClusterSecretStore', () => {
  const provider = { vault: { auth: { tokenSecretRef: { name: 'token', key: 'token' } } } };
  expect(secretStore.after(['team', 'vault'], { provider })).toEqual(['kubernetes.secret/team/token']);
  expect(clusterSecretStore.after(['vault'], { provider })).toEqual([]);
});

test('names exactly one provider', () => {
  const named = (provider: object) => clusterSecretStore.normalise({ provider: { ...provider } });
  expect(named({ vault: {}, fake: {} })).toMatchObject({
    found: [{ text: 'provider must name exactly one provider, and it names vault, fake' }],
  });
  expect(named({})).toMatchObject({ ok: false });
  expect(named({ vault: {}, fake: null })).toMatchObject({ ok: true });
});

test('only a ClusterSecretStore has conditions, and their namespaces are a set', () => {
  const conditions = [{ namespaces: ['b', 'a', 'b'] }];
  expect(clusterSecretStore.normalise({ provider: { fake: {} }, conditions })).toMatchObject({
    spec: { conditions: [{ namespaces: ['a', 'b'] }] },
  });
  expect(secretStore.normalise({ provider: { fake: {} }, conditions })).toMatchObject({ ok: false });
});

test('reads a live store without the marks of lab, and both forms of the interval', () => {
  const marks = {
    labels: { 'app.kubernetes.io/managed-by': 'lab', team: 'a' },
    annotations: { 'k8s-lab.dev/owner': 'n/e/i' },
  };
  const spec = { provider: { fake: { data: [] } }, refreshInterval: '5m0s', conditions: [{ namespaces: ['b', 'a'] }] };
  expect(storeSpecOf(object('ClusterSecretStore', marks, { spec }))).toEqual({
    provider: { fake: { data: [] } },
    refreshInterval: 300,
    conditions: [{ namespaces: ['a', 'b'] }],
    labels: { team: 'a' },
    annotations: {},
  });
  expect(storeSpecOf(object('SecretStore', {}, { spec: { refreshInterval: 60 } }))).toMatchObject({
    refreshInterval: 60,
  });
});

const condition = (status: 'True' | 'False', reason: string, message: string) =>
  ready(status, reason, message).conditions[0];
const sight = { fresh: true, cause: undefined, namespace: 'eso' };

test.each(['Valid', 'ValidationUnknown'])('Ready with reason %s is done, if it is about the last write', (reason) => {
  const found = condition('True', reason, 'store validated');
  expect(storeSettled(found, sight)).toEqual({ state: 'done' });
  expect(storeSettled(found, { ...sight, fresh: false })).toEqual({
    state: 'waiting',
    because: 'External Secrets has not looked at the change yet',
  });
});

test('not ready is never final, and tells the cause', () => {
  const found = condition('False', 'InvalidProviderConfig', 'unable to validate store');
  const because = 'unable to validate store: connection refused';
  expect(storeSettled(found, { ...sight, cause: 'connection refused' })).toEqual({ state: 'waiting', because });
});

test('a store that nobody looks at waits', () => {
  expect(storeSettled(undefined, sight)).toMatchObject({ state: 'waiting', because: expect.stringContaining('eso') });
});

const reader = (name: string, spec: object, more: object = {}) =>
  object('ExternalSecret', { name, namespace: 'team', ...more }, { spec });

test('is kept while ExternalSecrets read from it, directly or key by key', async () => {
  const other = { secretStoreRef: { name: 'other', kind: 'ClusterSecretStore' } };
  const storeRef = { name: 'azure', kind: 'ClusterSecretStore' };
  const all = [
    reader('direct', { secretStoreRef: storeRef }),
    reader('by-key', { ...other, data: [{ sourceRef: { storeRef } }] }),
    reader('extracting', { ...other, dataFrom: [{ sourceRef: { storeRef } }] }),
    reader('elsewhere', other),
    reader('namesake', { secretStoreRef: { name: 'azure' } }),
    reader('leaving', { secretStoreRef: storeRef }, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
  ];
  const client = clientOver({ list: async () => all });
  expect(await clusterSecretStore.bind(client).keep(['azure'])).toBe(
    'ExternalSecrets still read from it: team/direct, team/by-key, team/extracting',
  );
  expect(await secretStore.bind(client).keep(['team', 'azure'])).toBe(
    'ExternalSecrets still read from it: team/namesake',
  );
});

test('is not kept where there are no ExternalSecrets at all', async () => {
  const client = clientOver({
    versions: async () => [],
    list: async () => {
      throw new LabError('REJECTED', 'not served');
    },
  });
  expect(await clusterSecretStore.bind(client).keep(['azure'])).toBeUndefined();
});

test('an object that is being deleted is neither there nor absent', async () => {
  const deletionTimestamp = '2026-01-01T00:00:00Z';
  const client = clientOver({ get: async () => object('ClusterSecretStore', { deletionTimestamp }, { spec: {} }) });
  expect(await clusterSecretStore.bind(client).read(['azure'], {})).toEqual({
    exists: 'unknown',
    because: 'it is being deleted',
  });
});
