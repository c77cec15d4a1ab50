import { expect, test } from 'vitest';
import { externalSecretSettled } from '../../../src/providers/external-secrets/external-secret-settled.ts';
import { syncedVersion } from '../../../src/providers/external-secrets/fence.ts';
import { object, ready } from './client-over.ts';

const metadata = { name: 'database', namespace: 'team', generation: 2 };
const spec = {
  secretStoreRef: { name: 'azure', kind: 'ClusterSecretStore' },
  refreshInterval: '1h0m0s',
  data: ['a', 'b', 'c', 'd', 'a'].map((key) => ({ secretKey: key, remoteRef: { key } })),
};
const synced = { syncedResourceVersion: syncedVersion(metadata) };
const older = { syncedResourceVersion: syncedVersion({ ...metadata, generation: 1 }) };
const success = ready('True', 'SecretSynced', 'secret synced');
const failure = (message: string) => ready('False', 'SecretSyncedError', message);

const settled = (status: object | undefined, sight: { fresh?: boolean; cause?: string; spec?: object } = {}) =>
  externalSecretSettled(
    object('ExternalSecret', metadata, {
      spec: { ...spec, ...sight.spec },
      ...(status === undefined ? {} : { status }),
    }),
    { fresh: sight.fresh ?? true, cause: sight.cause, namespace: 'eso' },
  );

test('waits until the operator has looked at it, and names where that runs', () => {
  expect(settled(undefined)).toEqual({
    state: 'waiting',
    because: 'External Secrets in namespace eso has not looked at it yet',
  });
});

test('is done when this very generation was synced', () => {
  expect(settled({ ...success, ...synced })).toEqual({ state: 'done' });
});

test('Ready about an older generation is not done', () => {
  expect(settled({ ...success, ...older })).toEqual({
    state: 'waiting',
    because: 'External Secrets has not read the change yet',
  });
});

test.each([
  ['SecretSynced', 'secret retained due to DeletionPolicy=Retain'],
  ['SecretMissing', 'secret will not be created due to CreationPolicy=Merge'],
  ['SecretDeleted', 'secret deleted due to DeletionPolicy=Delete'],
])('Ready with %s, "%s", is not done', (reason, message) => {
  expect(settled({ ...ready('True', reason, message), ...synced })).toEqual({ state: 'waiting', because: message });
});

test('a failed fetch waits, and names keys, store and cause', () => {
  const cause = 'error processing spec.data[0] (key: a), err: Secret does not exist';
  expect(settled({ ...failure('could not get secret data from provider'), ...older }, { cause })).toEqual({
    state: 'waiting',
    because: `cannot read a, b, c and 1 more from ClusterSecretStore azure: ${cause}`,
  });
});

test('without an event the condition has to do', () => {
  expect(settled(failure('could not get secret data from provider'))).toEqual({
    state: 'waiting',
    because: 'cannot read a, b, c and 1 more from ClusterSecretStore azure: could not get secret data from provider',
  });
});

test('the event of a failed write is never quoted: templates put values into it', () => {
  expect(settled(failure('could not update secret'), { cause: 'Invalid value: "hunter2"' })).toEqual({
    state: 'waiting',
    because: 'could not update secret; the cause may quote values: kubectl describe externalsecret -n team database',
  });
});

test.each([
  'target is owned by another ExternalSecret',
  'failed to take ownership of target secret',
  'could not update secret, target is immutable',
])('"%s" is final, for nobody tries it again', (message) => {
  expect(settled(failure(message), { cause: 'the event' })).toMatchObject({
    state: 'failed',
    because: `${message}: the event`,
  });
  expect(settled(failure(message), { fresh: false })).toMatchObject({ state: 'waiting' });
});

test('with interval 0, or read once, a change that was never read is a failure', () => {
  const change = { ...success, ...older };
  expect(settled(change, { spec: { refreshInterval: '0s' } })).toMatchObject({ state: 'failed' });
  expect(settled(change, { spec: { refreshPolicy: 'CreatedOnce' } })).toMatchObject({ state: 'failed' });
  expect(settled(change, { spec: { refreshInterval: '0s', refreshPolicy: 'OnChange' } })).toMatchObject({
    state: 'waiting',
  });
});

test('with interval 0 labels that came later do not matter', () => {
  const status = { ...success, syncedResourceVersion: syncedVersion({ ...metadata, labels: { before: 'x' } }) };
  expect(settled(status, { spec: { refreshInterval: '0s' } })).toEqual({ state: 'done' });
});
