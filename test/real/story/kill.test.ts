import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Stage, setStage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.strike());

test('killed at every journal entry in turn, apply finishes and does nothing twice', { timeout: 600_000 }, async () => {
  const manifest = ['-f', 'two-phase', '-e', 'local'];
  const journal = join(stage.folder, '.lab', 'illm-k8s-lab', 'local', 'journal.jsonl');
  const entries = () => {
    try {
      return readFileSync(journal, 'utf8').split('\n').length;
    } catch {
      return 0;
    }
  };
  const deployed = stage.deployVault();
  let kills = 0;
  for (;;) {
    let last = entries();
    const grown = () => {
      const [before, now] = [last, entries()];
      last = now;
      return now > before;
    };
    const ran = await stage.lab(['apply', ...manifest, '--auto-approve', '--wait', '5m'], { until: grown });
    if (ran.code === 0) break;
    // A run that was not killed and did not end well is a failure of its own.
    expect({ code: ran.code, errors: ran.code === null ? '' : ran.stdout + ran.stderr }).toEqual({
      code: null,
      errors: '',
    });
    kills += 1;
  }
  await deployed;
  expect(kills).toBeGreaterThan(10);
  expect((await stage.lab(['plan', ...manifest, '--detailed-exitcode'])).code).toBe(0);
  const { body } = await stage.vaultCall('GET', 'secret/metadata/experiments/demo-api');
  expect(body).toMatchObject({ data: { current_version: 1 } });
  const { body: listed } = await stage.cluster.call({
    method: 'GET',
    path: '/apis/external-secrets.io/v1/externalsecrets',
  });
  for (const { metadata } of JSON.parse(listed).items)
    expect([metadata.name, metadata.generation]).toEqual([metadata.name, 1]);
});
