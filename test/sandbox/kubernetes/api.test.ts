import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { startKubernetes } from '../../../src/sandbox/kubernetes/start.ts';
import { openApi } from './api.ts';
import { describeKubernetesApi } from './describe-api.ts';

const folder = await mkdtemp(join(tmpdir(), 'lab-sandbox-'));
const cluster = await startKubernetes();
afterAll(async () => {
  await cluster.stop();
  await rm(folder, { recursive: true });
});

describeKubernetesApi('the sandbox', async () => {
  await cluster.kubeconfig(join(folder, 'kubeconfig'));
  return openApi(join(folder, 'kubeconfig'));
});
