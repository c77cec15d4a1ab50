import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../../../src/engine/provider.ts';
import type { Fields } from '../../../src/engine/value.ts';
import { externalSecrets } from '../../../src/providers/external-secrets/index.ts';
import { kubernetes } from '../../../src/providers/kubernetes/index.ts';
import { type ControlPlane, startControlPlane } from '../../servers/control-plane.ts';
import { startExternalSecretsWebhook } from '../../servers/external-secrets-webhook.ts';
import { createRunFolder, type RunFolder } from '../../servers/run-folders.ts';
import { contextWith } from '../kubernetes/cluster.ts';

// The operator's validating webhook stands before its objects in most clusters, and refuses what the API server takes.

let folder: RunFolder;
let cluster: ControlPlane;
let operator: Connection;
let webhook: { stop: () => Promise<void> };
beforeAll(async () => {
  folder = await createRunFolder();
  cluster = await startControlPlane({ dir: join(folder.dir, 'control-plane') });
  webhook = await startExternalSecretsWebhook({ controlPlane: cluster, dir: join(folder.dir, 'webhook') });
  const context = contextWith();
  const connection = await kubernetes.connect({ context: cluster.context, kubeconfig: cluster.kubeconfig }, context);
  const { objects } = connection.offers;
  if (objects === undefined) throw new Error('the kubernetes provider offers no objects');
  operator = await externalSecrets.connect(
    { mode: 'expected', namespace: 'external-secrets' },
    { ...context, ports: { ...context.ports, objects: async () => objects } },
  );
}, 120_000);
afterAll(() => folder.remove());

const write = (kind: string, id: readonly string[], spec: Fields) =>
  operator.kind(kind).write({ id, spec, live: { exists: 'no' }, mark: 'real/test/0', fingerprints: {}, removed: [] });

const vaultStore = (conditions: Fields[]): Fields => ({
  provider: {
    vault: {
      server: 'https://vault.test',
      path: 'secret',
      version: 'v2',
      auth: { kubernetes: { mountPath: 'kubernetes', role: 'r', serviceAccountRef: { name: 'a', namespace: 'b' } } },
    },
  },
  conditions,
});

test('a store that lab writes passes the webhook', async () => {
  await write('external-secrets.cluster-secret-store', ['good'], vaultStore([{ namespaces: ['a'] }]));
  expect(await operator.kind('external-secrets.cluster-secret-store').read(['good'], {})).toMatchObject({
    exists: 'yes',
  });
});

test('what the webhook refuses is told with its own reason', async () => {
  const refused = write('external-secrets.cluster-secret-store', ['bad'], vaultStore([{ namespaceRegexes: ['('] }]));
  await expect(refused).rejects.toMatchObject({
    code: 'REJECTED',
    message: expect.stringContaining('failed to compile 0th namespace regex in 0th condition'),
  });
});

test('a webhook that does not answer is named, and nothing is written', async () => {
  await webhook.stop();
  const refused = write('external-secrets.cluster-secret-store', ['late'], vaultStore([{ namespaces: ['a'] }]));
  await expect(refused).rejects.toMatchObject({
    message: expect.stringContaining('validate.clustersecretstore.external-secrets.io'),
  });
  expect(await operator.kind('external-secrets.cluster-secret-store').read(['late'], {})).toEqual({ exists: 'no' });
});
