import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SandboxKubernetes, startKubernetes } from '../../../src/sandbox/kubernetes/start.ts';
import { type Api, openApi } from './api.ts';
import { scenarios } from './scenarios/all.ts';
import { spellTranscript, transcriptOf } from './transcript.ts';

describe('the sandbox’s Kubernetes API answers what the real one answered', () => {
  let folder: string;
  let cluster: SandboxKubernetes;
  let api: Api;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lab-sandbox-'));
    cluster = await startKubernetes();
    await cluster.kubeconfig(join(folder, 'kubeconfig'));
    api = await openApi(join(folder, 'kubeconfig'));
  });
  afterAll(async () => {
    api.close();
    await cluster.stop();
    await rm(folder, { recursive: true });
  });

  test.each(Object.entries(scenarios))('%s', async (name, scenario) => {
    const place = `recorded-${randomBytes(4).toString('hex')}`;
    const transcript = spellTranscript(await transcriptOf(scenario, api, place));
    const recorded = await readFile(new URL(`../../recordings/kubernetes/${name}.txt`, import.meta.url), 'utf8');
    expect(transcript.split('\n')).toEqual(recorded.split('\n'));
  });
});
