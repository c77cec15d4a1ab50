import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { needles } from '../../../src/secrets/needles.ts';
import { type Stage, setStage, values } from './stage.ts';

// One story in order: each test goes on where the one before it ended.
describe('the two-phase example on an empty real cluster', () => {
  let stage: Stage;
  const manifest = ['-f', 'two-phase', '-e', 'local'];
  const json = async (args: readonly string[], env: Record<string, string | undefined> = {}) => {
    const ran = await stage.lab([...args, ...manifest, '--json'], { env });
    return { code: ran.code, ...JSON.parse(ran.stdout) };
  };
  const kube = async (path: string) => {
    const { status, body } = await stage.cluster.call({ method: 'GET', path });
    // A Status object has a field `status` of its own.
    return { ...JSON.parse(body), status };
  };
  const secretData = async (namespace: string, name: string, key: string): Promise<string> => {
    const { data } = await kube(`/api/v1/namespaces/${namespace}/secrets/${name}`);
    return Buffer.from(data?.[key] ?? '', 'base64').toString();
  };
  const policyRule = 'secret/data/experiments/*';

  beforeAll(async () => {
    stage = await setStage();
    // Somebody else's service account: lab contributes to it and must leave it there.
    const body = (kind: string, name: string) => JSON.stringify({ apiVersion: 'v1', kind, metadata: { name } });
    await stage.cluster.call({
      method: 'POST',
      path: '/api/v1/namespaces',
      body: body('Namespace', 'external-secrets'),
    });
    await stage.cluster.call({
      method: 'POST',
      path: '/api/v1/namespaces/external-secrets/serviceaccounts',
      body: body('ServiceAccount', 'external-secrets'),
    });
  });
  afterAll(() => stage.strike());

  test('the first plan shows both phases and what is deferred until Vault is there', async () => {
    const plan = await json(['plan']);
    expect(plan).toMatchObject({ code: 0, applyable: true, complete: false, errored: false });
    expect(plan.summary.deferred).toBeGreaterThan(4);
    const policy = plan.changes.find(({ address }: { address: string }) => address === 'vault.policy/external-secrets');
    expect(policy).toMatchObject({ phase: 'production', deferred: { gate: 'vault.active' } });
  });

  test('one apply makes phase 1, waits for Vault, makes phase 2, and every ExternalSecret is synced', async () => {
    const [ran] = await Promise.all([
      stage.lab(['apply', ...manifest, '--auto-approve', '--wait', '10m']),
      stage.deployVault(),
    ]);
    expect({ code: ran.code, errors: ran.code === 0 ? '' : ran.stdout + ran.stderr }).toEqual({ code: 0, errors: '' });
    expect(await secretData('crossplane-system', 'azure-credentials', 'credentials')).toBe(values.AZURE_CREDENTIALS);
    expect(await secretData('crossplane-system', 'aws-credentials', 'credentials')).toContain(values.AWS_SECRET_KEY);
    const { items } = await kube('/apis/external-secrets.io/v1/externalsecrets');
    expect(items.length).toBeGreaterThanOrEqual(3);
    for (const { metadata, status } of items) {
      expect({ name: metadata.name, reason: status.conditions[0].reason }).toEqual({
        name: metadata.name,
        reason: 'SecretSynced',
      });
    }
    const mounts = await stage.vaultCall('GET', 'sys/mounts/secret');
    expect(mounts.body).toMatchObject({ data: { type: 'kv', options: { version: '2' } } });
    expect((await stage.vaultCall('GET', 'auth/kubernetes/role/external-secrets')).status).toBe(200);
  });

  test('afterwards there is nothing to do: plan 0, drift 0, and a second apply sends no write', async () => {
    expect((await stage.lab(['plan', ...manifest, '--detailed-exitcode'])).code).toBe(0);
    expect((await stage.lab(['drift', ...manifest])).code).toBe(0);
    expect(await json(['apply', '--auto-approve'])).toMatchObject({ code: 0, writes: 0, done: [] });
  });

  test('and everything is proven: External Secrets reads every store at once', async () => {
    const { code, verified } = await json(['verify']);
    expect(code).toBe(0);
    const checks = verified.flatMap(({ probes }: { probes: { check: string }[] }) => probes.map(({ check }) => check));
    expect(checks.filter((check: string) => check === 'External Secrets reads its store now')).toHaveLength(3);
    expect((await stage.lab(['plan', ...manifest, '--detailed-exitcode'])).code).toBe(0);
  });

  test('a cron that holds no values still sees no difference', async () => {
    const none = { AZURE_CREDENTIALS: undefined, AWS_KEY_ID: undefined, AWS_SECRET_KEY: undefined };
    expect((await stage.lab(['plan', ...manifest, '--detailed-exitcode'], { env: none })).code).toBe(0);
    expect((await stage.lab(['drift', ...manifest], { env: none })).code).toBe(0);
  });

  test('a changed policy is exactly that field, and exit 2', async () => {
    await stage.edit((text) =>
      text.replace('external-secrets: { paths: {', `external-secrets: { paths: { "${policyRule}": [list], `),
    );
    const plan = await json(['plan', '--detailed-exitcode']);
    expect(plan.code).toBe(2);
    const changed = plan.changes.filter(({ actions }: { actions: string[] }) => actions.join() !== 'none');
    expect(
      changed.map(({ address, fields }: { address: string; fields: { path: string; cause: string }[] }) => [
        address,
        fields.map(({ path, cause }) => [path, cause]),
      ]),
    ).toEqual([['vault.policy/external-secrets', [[`paths[${JSON.stringify(policyRule)}]`, 'pending']]]]);
    expect((await stage.lab(['apply', ...manifest, '--auto-approve'])).code).toBe(0);
  });

  test('a policy changed by somebody else is drift, exit 3; with a manifest change beside it each is told apart', async () => {
    const live = await stage.vaultCall('GET', 'sys/policies/acl/external-secrets');
    const { policy } = z.object({ data: z.object({ policy: z.string() }) }).parse(live.body).data;
    await stage.vaultCall('PUT', 'sys/policies/acl/external-secrets', {
      policy: `${policy}\npath "secret/data/elsewhere" {\n  capabilities = ["read"]\n}\n`,
    });
    const drift = await json(['drift']);
    expect(drift.code).toBe(3);
    expect(drift.drifted.map(({ address }: { address: string }) => address)).toEqual(['vault.policy/external-secrets']);
    expect(drift.pending).toEqual([]);
    await stage.edit((text) => text.replace(`"${policyRule}": [list]`, `"${policyRule}": [list, read]`));
    const both = await json(['drift']);
    expect(both.code).toBe(3);
    expect(
      both.drifted[0].fields.map(({ path, cause }: { path: string; cause: string }) => [path, cause]).toSorted(),
    ).toEqual([
      [`paths["secret/data/elsewhere"]`, 'drift'],
      [`paths[${JSON.stringify(policyRule)}]`, 'pending'],
    ]);
    expect((await stage.lab(['apply', ...manifest, '--auto-approve'])).code).toBe(0);
    expect((await stage.lab(['drift', ...manifest])).code).toBe(0);
  });

  test('a Vault that stopped is said first, and what stands behind it is blind', async () => {
    await stage.vault.shut();
    const drift = await json(['drift']);
    expect(drift.code).toBe(3);
    expect(drift.lost.map(({ provider }: { provider: string }) => provider)).toEqual(['vault']);
    expect(drift.blind.length).toBeGreaterThan(4);
    expect(drift.drifted).toEqual([]);
    const text = await stage.lab(['drift', ...manifest]);
    expect(text.stdout.trimStart().split('\n').slice(0, 3).join('\n')).toMatch(/vault/i);
    await stage.vault.reopen();
    expect((await stage.lab(['drift', ...manifest])).code).toBe(0);
  });

  test('nothing that was printed or written holds a secret value', async () => {
    const seen = [...stage.printed, await stage.written()].join('\n');
    const generated = await secretData('experiments', 'demo-api', 'api-key');
    expect(generated.length).toBeGreaterThan(10);
    for (const value of [...Object.values(values), generated, stage.env['VAULT_TOKEN'] ?? '']) {
      for (const needle of needles(value)) expect(seen.includes(needle) ? needle : '').toBe('');
    }
  });

  test('destroy asks for its flag where data dies', async () => {
    const ran = await stage.lab(['destroy', ...manifest, '--auto-approve']);
    expect(ran.code).toBe(5);
    expect(ran.stdout + ran.stderr).toContain('--allow-data-loss');
    expect((await kube('/api/v1/namespaces/crossplane-system/secrets/azure-credentials')).status).toBe(200);
  });

  test('destroy removes what lab owns and leaves what somebody else made', async () => {
    const ran = await stage.lab(['destroy', ...manifest, '--auto-approve', '--allow-data-loss']);
    expect({ code: ran.code, errors: ran.code === 0 ? '' : ran.stdout + ran.stderr }).toEqual({ code: 0, errors: '' });
    expect((await kube('/apis/external-secrets.io/v1/externalsecrets')).items).toEqual([]);
    expect((await kube('/apis/external-secrets.io/v1/clustersecretstores')).items).toEqual([]);
    expect((await stage.vaultCall('GET', 'sys/policies/acl/external-secrets')).status).toBe(404);
    expect((await kube('/api/v1/namespaces/crossplane-system')).status).toBe(404);
    const account = await kube('/api/v1/namespaces/external-secrets/serviceaccounts/external-secrets');
    expect(account.status).toBe(200);
    expect(JSON.stringify(account.metadata.labels ?? {})).not.toContain('lab');
  });
});
