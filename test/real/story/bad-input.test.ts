import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Stage, setStage } from './stage.ts';

describe('what a server refuses is one clear sentence and exit 1', () => {
  let stage: Stage;
  const manifest = ['-f', 'two-phase', '-e', 'local'];
  const create = async (path: string, body: unknown) => {
    const { status, body: answer } = await stage.cluster.call({ method: 'POST', path, body: JSON.stringify(body) });
    if (status >= 300) throw new Error(answer);
    return JSON.parse(answer);
  };

  /** A kubeconfig for the same cluster with another token. */
  const kubeconfigWith = async (name: string, token: string): Promise<string> => {
    const admin = await readFile(stage.cluster.kubeconfig, 'utf8');
    const file = join(stage.folder, '..', `${name}.kubeconfig`);
    const cluster = {
      server: stage.cluster.url,
      'certificate-authority-data': (await readFile(stage.cluster.caFile)).toString('base64'),
    };
    if (!admin.includes(stage.cluster.context)) throw new Error('the kubeconfig lacks its context');
    await writeFile(
      file,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'c', cluster }],
        users: [{ name, user: { token } }],
        contexts: [{ name: stage.cluster.context, context: { cluster: 'c', user: name } }],
      }),
      { mode: 0o600 },
    );
    return file;
  };

  beforeAll(async () => {
    stage = await setStage();
    await mkdir(join(stage.folder, '..', 'other'), { recursive: true });
  });
  afterAll(() => stage.strike());

  test('a context that the kubeconfig does not have', async () => {
    const ran = await stage.lab(['plan', ...manifest], { env: { LAB_VAR_context: 'kind-lab' } });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/two-phase\/lab\.yaml:\d+:\d+/);
    expect(ran.stderr).toContain('context "kind-lab" is not known');
    expect(ran.stderr).toContain('lab-test');
  });

  test('an API server that does not answer', async () => {
    const file = join(stage.folder, '..', 'dead.kubeconfig');
    const admin = await readFile(stage.cluster.kubeconfig, 'utf8');
    await writeFile(file, admin.replaceAll(stage.cluster.url, 'https://127.0.0.1:9'), { mode: 0o600 });
    const ran = await stage.lab(['plan', ...manifest], { env: { KUBECONFIG: file } });
    expect(ran.code).toBe(1);
    expect(ran.stderr.match(/no answer from the API server/g)).toHaveLength(1);
  });

  test('credentials that the API server does not accept any more', async () => {
    const ran = await stage.lab(['plan', ...manifest], {
      env: { KUBECONFIG: await kubeconfigWith('expired', 'old-token') },
    });
    expect(ran.code).toBe(1);
    expect(ran.stdout + ran.stderr).not.toContain('old-token');
    expect(ran.stderr).toMatch(/does not accept|not accepted|Unauthorized/i);
  });

  test('403 on one path blocks that resource and its dependents; the rest is planned', async () => {
    await create('/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'standin-azure-keyvault' },
    });
    await create('/api/v1/namespaces/default/serviceaccounts', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'reader' },
    });
    const rules = [
      { apiGroups: [''], resources: ['namespaces', 'serviceaccounts', 'configmaps'], verbs: ['get', 'list'] },
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['*'], verbs: ['get', 'list'] },
      { apiGroups: ['external-secrets.io'], resources: ['*'], verbs: ['get', 'list'] },
    ];
    const rbac = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
    await create(rbac, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'reader' },
      rules,
    });
    await create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: 'default' }],
    });
    const { status } = await create('/api/v1/namespaces/default/serviceaccounts/reader/token', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: [], expirationSeconds: 3600 },
    });
    const ran = await stage.lab(['plan', ...manifest, '--json'], {
      env: { KUBECONFIG: await kubeconfigWith('reader', status.token) },
    });
    expect(ran.code).toBe(1);
    const plan = JSON.parse(ran.stdout);
    const blocked = plan.changes.filter(({ actions }: { actions: string[] }) => actions.includes('blocked'));
    expect(blocked.map(({ address }: { address: string }) => address).toSorted()).toEqual([
      'external-secrets.external-secret/crossplane-system/azure-credentials',
      'kubernetes.secret/standin-azure-keyvault/crossplane-azure-credentials',
    ]);
    expect(plan.summary.create).toBeGreaterThan(10);
    expect(plan.diagnostics.filter(({ severity }: { severity: string }) => severity === 'error')).toMatchObject([
      {
        code: 'DENIED',
        address: 'kubernetes.secret/standin-azure-keyvault/crossplane-azure-credentials',
        at: expect.stringMatching(/lab\.yaml:\d+:\d+$/),
      },
    ]);
  });
});
