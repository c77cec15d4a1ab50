import { expect, test } from 'vitest';
import {
  externalSecretSettled,
  settleExternalSecret,
} from '../../../src/providers/external-secrets/external-secret-settled.ts';
import { syncedVersion } from '../../../src/providers/external-secrets/fence.ts';
import { clientOver, object, ready } from './client-over.ts';

const metadata = { name: 'database', namespace: 'team', generation: 2 };
const spec = {
  secretStoreRef: { name: 'azure', kind: 'ClusterSecretStore' },
  refreshInterval: '1h0m0s',
  data: [
    { secretKey: 'a', remoteRef: { key: 'a' } },
    { secretKey: 'b', remoteRef: { key: 'b', property: 'user' } },
    ...['a', 'c', 'd'].map((key) => ({ secretKey: key, remoteRef: { key } })),
  ],
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
    because: `cannot read a, b#user, c and 1 more from ClusterSecretStore azure: ${cause}`,
  });
});

test('without an event the condition has to do', () => {
  expect(settled(failure('could not get secret data from provider'))).toEqual({
    state: 'waiting',
    because:
      'cannot read a, b#user, c and 1 more from ClusterSecretStore azure: could not get secret data from provider',
  });
});

test('the cause of a failed write is not told: templates put values into it', () => {
  expect(settled(failure('could not update secret'))).toEqual({
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

const event = (message: string, second: number) => ({
  ...object('Event', { resourceVersion: `${second}` }),
  involvedObject: { uid: 'uid-1' },
  reason: 'UpdateFailed',
  message,
  lastTimestamp: `2026-01-01T00:00:0${second}Z`,
});

/** What the kind answers over a cluster with these events. */
const told = (message: string, ...events: readonly string[]) => {
  const client = clientOver({ list: async () => events.map(event) });
  return settleExternalSecret(client, object('ExternalSecret', metadata, { spec, status: failure(message) }));
};
const quoting = 'Secret "database" is invalid: metadata.labels: Invalid value: "hunter2": a valid label must be';

test.each([
  'could not update secret',
  'could not get secret data from provider',
  'target is owned by another ExternalSecret',
  'could not update secret, target is immutable',
  'a message of a later release',
])('an event that quotes a value is never shown, not with "%s" either', async (message) => {
  expect(JSON.stringify(await told(message, quoting))).not.toContain('hunter2');
});

test('the event that goes with the condition is shown, though others are newer', async () => {
  const missing = 'error processing spec.data[0] (key: a), err: Secret does not exist';
  expect(await told('could not get secret data from provider', missing, quoting)).toMatchObject({
    state: 'waiting',
    because: expect.stringContaining(missing),
  });
  const owned = 'unable to mutate secret database: secret is owned by another ExternalSecret: first';
  expect(await told('target is owned by another ExternalSecret', owned, quoting)).toMatchObject({
    state: 'failed',
    because: `target is owned by another ExternalSecret: ${owned}`,
  });
});
