import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Stage, setStage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await setStage();
}, 120_000);
afterEach(() => stage.strike());

const manifest = ['-f', 'two-phase', '-e', 'local'];
const apply = ['apply', ...manifest, '--auto-approve', '--wait', '2m'];

const isInSync = async () => expect((await stage.lab(['plan', ...manifest, '--detailed-exitcode'])).code).toBe(0);

/** How many times each object that External Secrets reads was written. */
const generations = async (): Promise<number[]> => {
  const path = '/apis/external-secrets.io/v1/externalsecrets';
  const { items }: { items: { metadata: { generation: number } }[] } = JSON.parse(
    (await stage.cluster.call({ method: 'GET', path })).body,
  );
  return items.map(({ metadata }) => metadata.generation);
};

test('sealed in the middle, Vault is named, what stands behind it is left, and the next run finishes', {
  timeout: 180_000,
}, async () => {
  stage.vault.before('POST /v1/sys/policies/acl/external-secrets', async () => {
    await stage.vaultCall('PUT', 'sys/seal');
  });
  const deployed = stage.deployVault();
  const first = await stage.lab([...apply, '--json']);
  await deployed;
  expect(first.code).toBe(1);
  const { exit, diagnostics, skipped } = JSON.parse(first.stdout);
  expect(exit.conditions).toContain('error');
  expect(diagnostics.map(({ message }: { message: string }) => message).join('\n')).toMatch(/sealed/);
  expect(skipped).toContain('external-secrets.external-secret/experiments/demo-api');
  // Phase 1 was none of its business.
  const secret = await stage.cluster.call({
    method: 'GET',
    path: '/api/v1/namespaces/crossplane-system/secrets/azure-credentials',
  });
  expect(secret.status).toBe(200);
  const drift = await stage.lab(['drift', ...manifest]);
  expect(drift.stdout).toMatch(/vault .*sealed/);

  await stage.unseal();
  expect((await stage.lab(apply)).code).toBe(0);
  await isInSync();
  expect(await generations()).toEqual([1, 1, 1]);
});

test('an API server that restarts in the middle costs at most a second run', { timeout: 180_000 }, async () => {
  const deployed = stage.deployVault();
  const first = stage.lab(apply);
  const namespace = '/api/v1/namespaces/crossplane-system';
  while ((await stage.cluster.call({ method: 'GET', path: namespace })).status !== 200);
  await stage.cluster.restartApiServer();
  const { code, stdout, stderr } = await first;
  // Whether it noticed depends on what was under way; if so, it says what to do.
  if (code !== 0) {
    expect(code).toBe(1);
    expect(stdout + stderr).toContain('no answer from the API server');
    expect(stdout + stderr).toMatch(/Next: lab apply/);
  }
  const second = await stage.lab(apply);
  await deployed;
  expect(second.code).toBe(0);
  await isInSync();
  expect(await generations()).toEqual([1, 1, 1]);
});
