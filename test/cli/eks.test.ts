import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyExample } from '../support/examples.ts';
import { build, lab } from './lab.ts';

// One story in order: the two-phase example where External Secrets is a role in AWS that lab makes.
describe('the two-phase example on EKS', () => {
  let cwd: string;
  const run = (...words: readonly string[]) =>
    lab([...words, '-e', 'eks', '-f', 'two-phase'], { cwd, env: { HOME: cwd } });
  const json = async (...words: readonly string[]) => JSON.parse((await run(...words, '--json')).stdout);
  const systems = async (file: string) =>
    JSON.parse(
      await readFile(join(cwd, 'two-phase', '.lab', 'sandbox', 'illm-k8s-lab', 'eks', 'systems', file), 'utf8'),
    );

  beforeAll(async () => {
    build();
    cwd = await mkdtemp(join(tmpdir(), 'lab-eks-'));
    await copyExample('two-phase', join(cwd, 'two-phase'));
  }, 120_000);
  afterAll(() => rm(cwd, { recursive: true, force: true }));

  test('comes from nothing to synced Secrets, with identity, trust and rights made by lab', async () => {
    const ran = await run('apply', '--sandbox');
    expect({ code: ran.code, errors: ran.code === 0 ? '' : ran.stderr }).toEqual({ code: 0, errors: '' });
    expect(ran.stdout).toMatch(/^Applied 24 of 24/m);
    const { iam } = await systems('aws.json');
    expect(Object.keys(iam.roles)).toEqual(['eso-eks']);
    expect(iam.roles['eso-eks'].attached).toEqual(['arn:aws:iam::210987654321:policy/eso-eks-aws-secretsmanager']);
  }, 120_000);

  test('then there is nothing to do, and nothing is written', async () => {
    expect((await run('plan', '--sandbox', '--detailed-exitcode')).code).toBe(0);
    expect(await json('apply', '--sandbox')).toMatchObject({ exit: { code: 0 }, done: [], writes: 0 });
  });

  test('a trust that somebody widens is drift, and apply mends it', async () => {
    const edit = 'trust.serviceAccounts=["default/default"]';
    expect((await run('sandbox', 'edit', 'aws.iam-role/eso-eks', edit)).code).toBe(0);
    const drift = await json('drift', '--sandbox');
    expect(drift.drifted.map(({ address }: { address: string }) => address)).toEqual(['aws.iam-role/eso-eks']);
    expect((await run('apply', '--sandbox')).code).toBe(0);
    expect((await run('drift', '--sandbox')).code).toBe(0);
  });

  test('destroy leaves nothing of ours', async () => {
    expect((await run('destroy', '--sandbox', '--allow-data-loss')).code).toBe(0);
    expect((await json('plan', '--sandbox')).summary).toMatchObject({ create: 24, update: 0, none: 1 });
    expect((await systems('aws.json')).iam).toEqual({ providers: {}, roles: {}, policies: {}, users: {} });
  });
});
