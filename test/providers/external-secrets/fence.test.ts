import { expect, test } from 'vitest';
import { isSynced, syncedVersion } from '../../../src/providers/external-secrets/fence.ts';

// What the controller of 0.20.4 wrote into status.syncedResourceVersion for these objects.
test('is what the real controller wrote', () => {
  expect(syncedVersion({ name: 'x', generation: 2 })).toBe(
    '2-f47fe3c0b255b6dd8047cdffa772587bb829efe7a1cb70febeda2eb2',
  );
  const labels = { 'app.kubernetes.io/managed-by': 'lab' };
  const annotations = { 'k8s-lab.dev/owner': 'n/e/i' };
  expect(syncedVersion({ name: 'x', generation: 3, labels, annotations })).toBe(
    '3-68554d27bd002792058375028487f31dee5723c6536542ee821fd474',
  );
});

// Printed by Go 1.26 with %+v for the struct that the controller hashes.
test('prints maps as Go does: keys in the order of their bytes, values as they are', () => {
  const annotations = { b: '2 x', 'a-1': '', A: 'ü' };
  const labels = { z: '1', é: '2', 'y/k': '3' };
  expect(syncedVersion({ name: 'x', generation: 1, annotations, labels })).toBe(
    '1-1c8c46d7a6e034f3b14b59dbb0b15e7b752d33106e26a58fed577bfc',
  );
});

test('holds only for this generation, these labels and these annotations', () => {
  const metadata = { name: 'x', generation: 4, labels: { a: '1' } };
  const synced = syncedVersion(metadata);
  expect(isSynced(metadata, synced)).toBe(true);
  expect(isSynced({ ...metadata, generation: 5 }, synced)).toBe(false);
  expect(isSynced({ ...metadata, labels: { a: '2' } }, synced)).toBe(false);
  expect(isSynced({ ...metadata, annotations: { b: '' } }, synced)).toBe(false);
  expect(isSynced(metadata, undefined)).toBe(false);
});

test('of releases that hash with MD5 only the generation counts', () => {
  const md5 = '0cc175b9c0f1b6a831c399e269772661';
  expect(isSynced({ name: 'x', generation: 4 }, `4-${md5}`)).toBe(true);
  expect(isSynced({ name: 'x', generation: 5 }, `4-${md5}`)).toBe(false);
});
