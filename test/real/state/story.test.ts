import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needles } from '../../../src/secrets/needles.ts';
import { type Stage, setStage, values } from '../story/stage.ts';

// One story in order: each test goes on where the one before it ended.
describe('the two-phase example with its state in the cluster', () => {
  let stage: Stage;
  const manifest = ['-f', 'two-phase', '-e', 'local'];
  const apply = ['apply', ...manifest, '--auto-approve'];
  const home = () => join(stage.folder, '.lab', 'illm-k8s-lab', 'local');

  /** The texts in a Secret of the state's namespace. */
  const textsIn = ({ data = {} }: { data?: Record<string, string> }): Record<string, string> =>
    Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));

  const kube = async (path: string) => JSON.parse((await stage.cluster.call({ method: 'GET', path })).body);

  const root = async (): Promise<{ session: string; write: number }> => {
    const found = await kube('/api/v1/namespaces/lab-system/secrets/lab.illm-k8s-lab.local');
    return found.kind === 'Secret' ? JSON.parse(textsIn(found)['head'] ?? '') : { session: '', write: 0 };
  };

  /** Runs an apply and kills it once it has made this many steps durable. */
  const applyUntil = async (writes: number): Promise<number | null> => {
    const before = await root();
    let seen = 0;
    const ended = new AbortController();
    const watching = (async () => {
      while (!ended.signal.aborted) {
        const { session, write } = await root();
        if (session !== before.session) seen = write;
        await sleep(1);
      }
    })();
    const ran = await stage.lab([...apply, '--wait', '5m'], { until: () => seen >= writes });
    ended.abort();
    await watching;
    // A run that was not killed and did not end well is a failure of its own.
    if (ran.code !== null) expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
    return ran.code;
  };

  /** Holds the next write of the policy on its way to Vault: whoever sent it keeps the lock. */
  const holdPolicy = () => {
    const [arrival, departure] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    stage.vault.before('POST /v1/sys/policies/acl/external-secrets', async () => {
      arrival.resolve();
      await departure.promise;
    });
    return { reached: arrival.promise, release: () => departure.resolve() };
  };

  beforeAll(async () => {
    stage = await setStage();
    await stage.edit((text) => text.replace(/^name: .*$/m, '$&\nstate: { backend: kubernetes }'));
  });
  afterAll(() => stage.strike());

  test('killed at every step of its journal in turn, apply finishes and does nothing twice', {
    timeout: 600_000,
  }, async () => {
    const deployed = stage.deployVault();
    let kills = 0;
    while ((await applyUntil(2 + (kills % 3))) === null) kills += 1;
    await deployed;
    expect(kills).toBeGreaterThan(10);
    const plan = await stage.lab(['plan', ...manifest, '--detailed-exitcode']);
    expect(plan.code, plan.stdout + plan.stderr).toBe(0);
    const { body } = await stage.vaultCall('GET', 'secret/metadata/experiments/demo-api');
    expect(body).toMatchObject({ data: { current_version: 1 } });
    const { items } = await kube('/apis/external-secrets.io/v1/externalsecrets');
    for (const { metadata } of items) expect([metadata.name, metadata.generation]).toEqual([metadata.name, 1]);
    // Nothing of the state is beside the manifest, and no piece is left of all those runs.
    expect(await readdir(home()).catch(() => [])).toEqual([]);
    const secrets = await kube('/api/v1/namespaces/lab-system/secrets');
    expect(secrets.items.map(({ type }: { type: string }) => type)).toEqual(['k8s-lab.dev/state', 'k8s-lab.dev/state']);
  });

  test('no secret byte is in the state', async () => {
    const { items } = await kube('/api/v1/namespaces/lab-system/secrets');
    const stored = items.flatMap((item: { data: Record<string, string> }) => Object.values(textsIn(item))).join('\n');
    expect(stored).toContain('vault.kv-secret/secret/experiments%2Fdemo-api');
    for (const value of [...Object.values(values), stage.env['VAULT_TOKEN'] ?? '']) {
      for (const needle of needles(value)) expect(stored.includes(needle) ? needle : '').toBe('');
    }
  });

  test('an apply with nothing to do writes nothing but its lock, and a look not even that', async () => {
    const versions = async () => {
      const { items } = await kube('/api/v1/namespaces/lab-system/secrets');
      return items.map(({ metadata }: { metadata: { resourceVersion: string } }) => metadata.resourceVersion);
    };
    const lease = async () => kube('/apis/coordination.k8s.io/v1/namespaces/lab-system/leases/lab.illm-k8s-lab.local');
    const [before, held] = [await versions(), await lease()];
    expect((await stage.lab(['drift', ...manifest])).code).toBe(0);
    expect((await stage.lab(['state', 'list', ...manifest])).stdout).toContain('vault.policy/external-secrets');
    expect(await lease()).toEqual(held);
    expect((await stage.lab(apply)).code).toBe(0);
    expect(await versions()).toEqual(before);
    expect((await lease()).spec).toEqual({ leaseTransitions: held.spec.leaseTransitions + 1 });
  });

  test('of two applies at once one works; the other says who works, or waits for it', {
    timeout: 300_000,
  }, async () => {
    await cp(stage.folder, join(stage.folder, '..', 'colleague'), { recursive: true });
    const colleague = ['-f', 'colleague', '-e', 'local', '--auto-approve'];
    await stage.edit((text) => text.replace('experiments/demo-api: [read]', 'experiments/*: [read]'));
    const { reached, release } = holdPolicy();
    const first = stage.lab(apply);
    await reached;

    const refused = await stage.lab(['apply', ...colleague]);
    expect(refused.code).toBe(7);
    expect(refused.stderr).toMatch(/the state is locked by \S+@\S+ \(apply, pid \d+\) since 2/);
    expect(refused.stderr).toMatch(/lab state unlock [0-9a-f]{8}/);
    const rm = await stage.lab(['state', 'rm', 'vault.policy/external-secrets', ...manifest, '--lock-wait', '1s']);
    expect(rm.code).toBe(7);
    expect((await stage.lab(['state', 'list', ...manifest])).code).toBe(0);

    const waiting = stage.lab(['apply', ...colleague, '--lock-wait', '5m']);
    await sleep(1_500);
    release();
    const [done, waited] = await Promise.all([first, waiting]);
    expect([done.code, waited.code], done.stderr + waited.stderr).toEqual([0, 0]);
    expect(waited.stderr).toMatch(/Waiting: the state is locked by .*\(apply, pid \d+\)/);
    // It planned after the first one had ended, from its own manifest, which has the old rule.
    const { body } = await stage.vaultCall('GET', 'sys/policies/acl/external-secrets');
    expect(JSON.stringify(body)).toContain('experiments/demo-api');
  });

  test('a run whose lock is broken stops writing, and the next one finishes', { timeout: 300_000 }, async () => {
    const { reached, release } = holdPolicy();
    const first = stage.lab(apply);
    await reached;
    const refused = await stage.lab(apply);
    expect(refused.code).toBe(7);
    const [, id = ''] = /lab state unlock ([0-9a-f]{8})/.exec(refused.stderr) ?? [];
    const unlocked = await stage.lab(['state', 'unlock', id, ...manifest]);
    expect(unlocked.stdout).toMatch(/^Unlocked: it was held by .*\(apply\)/);
    release();
    const broken = await first;
    expect(broken.code).not.toBe(0);
    expect(broken.stderr).toContain('the lock of this run was taken away while it was at work');
    const last = await stage.lab(apply);
    expect(last.code, last.stdout + last.stderr).toBe(0);
    expect((await stage.lab(['plan', ...manifest, '--detailed-exitcode'])).code).toBe(0);
  });

  test('a first apply before the cluster answers begins local, and the next one moves it there', {
    timeout: 300_000,
  }, async () => {
    const folder = join(stage.folder, '..', 'early');
    const early = ['-f', 'early'];
    await cp(join(stage.folder, '..', 'colleague'), folder, { recursive: true });
    const kubeconfig = await readFile(stage.cluster.kubeconfig, 'utf8');
    await writeFile(join(folder, 'kubeconfig'), kubeconfig.replaceAll(stage.cluster.url, 'https://127.0.0.1:1'));
    await writeFile(
      join(folder, 'lab.yaml'),
      `apiVersion: lab/v1
name: early
cluster: { context: ${stage.cluster.context}, kubeconfig: kubeconfig }
state: { backend: kubernetes, namespace: early-system }
vault:
  address: ${stage.env['VAULT_ADDR']}
  plaintext: loopback
  login: { auth: token, token: { env: VAULT_TOKEN } }
  policies: { early: { paths: { secret/data/early: [read] } } }
`,
    );
    const inCi = await stage.lab(['apply', ...early, '--auto-approve'], { env: { CI: 'true' } });
    expect(inCi.code).toBe(1);
    const first = await stage.lab(['apply', ...early, '--auto-approve']);
    expect(first.code, first.stdout + first.stderr).toBe(0);
    expect(first.stderr).toContain('the state is kept here, and moved there by the first run that reaches it');

    await writeFile(join(folder, 'kubeconfig'), kubeconfig);
    expect((await stage.lab(['plan', ...early])).stdout).toContain('state serial 1');
    expect((await kube('/api/v1/namespaces/early-system')).code).toBe(404);
    const second = await stage.lab(['apply', ...early, '--auto-approve']);
    expect(second.code, second.stdout + second.stderr).toBe(0);
    expect(second.stderr).toMatch(
      /moved the state in .*early.*, serial 1, to Secret early-system\/lab\.early\.default/,
    );
    expect((await stage.lab(['state', 'list', ...early])).stdout).toContain('vault.policy/early');

    await stage.lab(['plan', ...early]);
    const text = await readFile(join(folder, 'lab.yaml'), 'utf8');
    await writeFile(join(folder, 'lab.yaml'), text.replace('backend: kubernetes', 'backend: local'));
    const back = await stage.lab(['plan', ...early]);
    expect(back.code).toBe(1);
    expect(back.stderr).toContain('was moved: to Secret early-system/lab.early.default');
  });
});
