import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyExample } from '../support/examples.ts';
import { build, lab } from './lab.ts';

const vault = 'azure.key-vault/illm-k8s-aks-kv';
const credential =
  'azure.federated-credential/illm-k8s-aks-secrets/eso-aks/illm-k8s-lab-aks-external-secrets-external-secrets';
const day = 24 * 3600 * 1000;

// One story in order: the two-phase example where lab makes the key vault and everything between it and the cluster.
describe('the two-phase example on AKS', () => {
  let cwd: string;
  const run = (...words: readonly string[]) =>
    lab([...words, '-e', 'aks', '-f', 'two-phase'], { cwd, env: { HOME: cwd } });
  const json = async (...words: readonly string[]) => JSON.parse((await run(...words, '--json')).stdout);
  const folder = () => join(cwd, 'two-phase', '.lab', 'sandbox', 'illm-k8s-lab', 'aks');
  const system = async (file: string) => JSON.parse(await readFile(join(folder(), 'systems', file), 'utf8'));
  const changeOf = (plan: { changes: { address: string }[] }, address: string) =>
    plan.changes.find((change) => change.address === address);

  beforeAll(async () => {
    build();
    cwd = await mkdtemp(join(tmpdir(), 'lab-aks-'));
    await copyExample('two-phase', join(cwd, 'two-phase'));
  }, 120_000);
  afterAll(() => rm(cwd, { recursive: true, force: true }));

  test('comes from nothing to synced Secrets, and no credential lies anywhere', async () => {
    const ran = await run('apply', '--sandbox');
    expect({ code: ran.code, errors: ran.code === 0 ? '' : ran.stderr }).toEqual({ code: 0, errors: '' });
    expect(ran.stdout).toMatch(/^Applied 29 of 29/m);
    expect(ran.stdout + ran.stderr).not.toContain('static credential');
    const { arm } = await system('azure.json');
    expect(Object.keys(arm.vaults)).toEqual(['illm-k8s-aks-kv']);
    expect(Object.keys(arm.identities)).toEqual(['illm-k8s-aks-secrets/eso-aks']);
    // For External Secrets on the one secret that it reads, for lab on the vault.
    expect(arm.assignments.map(({ scope }: { scope: string }) => scope.split('/vaults/')[1]).toSorted()).toEqual([
      'illm-k8s-aks-kv',
      'illm-k8s-aks-kv/secrets/crossplane-azure-credentials',
    ]);
  }, 120_000);

  test('then there is nothing to do, nothing is written, and nothing has moved', async () => {
    expect((await run('plan', '--sandbox', '--detailed-exitcode')).code).toBe(0);
    expect(await json('apply', '--sandbox')).toMatchObject({ exit: { code: 0 }, done: [], writes: 0 });
    expect((await run('drift', '--sandbox')).code).toBe(0);
  });

  test('a trust that somebody turns elsewhere is drift, and apply mends it', async () => {
    const edit = 'subject="system:serviceaccount:default:default"';
    expect((await run('sandbox', 'edit', credential, edit)).code).toBe(0);
    const drift = await json('drift', '--sandbox');
    expect(drift.drifted.map(({ address }: { address: string }) => address)).toEqual([credential]);
    expect((await run('apply', '--sandbox')).code).toBe(0);
    expect((await run('drift', '--sandbox')).code).toBe(0);
  });

  test('destroy leaves nothing of ours, and says until when the vault can be had back', async () => {
    const { code, stdout } = await run('destroy', '--sandbox', '--allow-data-loss');
    expect(code).toBe(0);
    const until = new Date(Date.now() + 90 * day).toISOString().slice(0, 10);
    expect(stdout).toContain(`the vault illm-k8s-aks-kv can be recovered with its secrets until ${until}`);
    const { arm } = await system('azure.json');
    const live = { vaults: arm.vaults, identities: arm.identities, assignments: arm.assignments };
    expect(live).toEqual({ vaults: {}, identities: {}, assignments: [] });
    expect(Object.values(arm.groups).filter((group) => !Object.hasOwn(Object(group), 'deletedAt'))).toEqual([]);
    expect((await system('aws.json')).iam).toEqual({ providers: {}, roles: {}, policies: {}, users: {} });
  });

  test('what is kept of the vault is named by the plan, and comes back as an action of its own', async () => {
    const plan = await json('plan', '--sandbox');
    expect(changeOf(plan, vault)).toMatchObject({
      actions: ['recover'],
      notes: [
        expect.stringMatching(/^a vault of this name was deleted on \S+ and is kept until \S+; it is taken back/),
      ],
    });
    const { code, stdout, stderr } = await run('apply', '--sandbox');
    expect({ code, errors: code === 0 ? '' : stderr }).toEqual({ code: 0, errors: '' });
    expect(stdout + stderr).toMatch(/azure\.key-vault\/illm-k8s-aks-kv {2}recovered/);
    expect((await json('apply', '--sandbox')).writes).toBe(0);
  }, 120_000);
});
