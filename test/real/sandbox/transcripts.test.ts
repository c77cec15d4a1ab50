import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Api, openApi } from '../../sandbox/kubernetes/api.ts';
import { scenarios } from '../../sandbox/kubernetes/scenarios/all.ts';
import { spellTranscript, transcriptOf } from '../../sandbox/kubernetes/transcript.ts';

// What is recorded here is what test/sandbox/kubernetes/transcripts.test.ts holds the sandbox to.
describe('the real Kubernetes API still answers as it was recorded', () => {
  let api: Api;
  beforeAll(async () => {
    api = await openApi(inject('servers').kubeconfig);
  });
  afterAll(() => api.close());

  test.each(Object.entries(scenarios))('%s', async (name, scenario) => {
    const place = `recorded-${randomBytes(4).toString('hex')}`;
    const transcript = spellTranscript(await transcriptOf(scenario, api, place));
    await expect(transcript).toMatchFileSnapshot(`../../recordings/kubernetes/${name}.txt`);
  });
});
