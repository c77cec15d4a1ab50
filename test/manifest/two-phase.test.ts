import { describe, expect, test } from 'vitest';
import { goDuration } from '../../src/engine/fields.ts';
import { buildNodes, phasesOf } from '../../src/engine/node.ts';
import type { Expanded } from '../../src/manifest/expanded.ts';
import { loadManifest } from '../../src/manifest/load.ts';
import { checkSharedTargets } from '../../src/manifest/shared-targets.ts';
import { kinds, resourceAt, shown } from './support/load.ts';

const loadExample = async (environment: string | undefined, vars: Record<string, string> = {}) => {
  const loaded = await loadManifest({ path: 'examples/two-phase', environment, vars, env: {}, kinds });
  if (!loaded.ok) throw new Error(shown(loaded, '').join('\n'));
  return loaded.manifest;
};

const load = (vars?: Record<string, string>) => loadExample('local', vars);

const phaseLines = ({ resources }: Expanded): string[] => {
  const nodes = buildNodes(resources, kinds);
  const phases = phasesOf(nodes);
  return [...nodes.values()].map(({ address, resource }) => `${phases.get(address)} ${resource.ownership} ${address}`);
};

describe('the two-phase example with stand-ins for the clouds', () => {
  test('comes to these resources, phase by phase', async () => {
    expect(phaseLines(await load())).toMatchInlineSnapshot(`
      [
        "bootstrap expected kubernetes.config-map/default/kube-root-ca.crt",
        "bootstrap contributed kubernetes.namespace/crossplane-system",
        "bootstrap contributed kubernetes.namespace/experiments",
        "bootstrap contributed kubernetes.namespace/external-secrets",
        "bootstrap contributed kubernetes.namespace/standin-aws-secretsmanager",
        "bootstrap contributed kubernetes.namespace/standin-azure-keyvault",
        "bootstrap owned kubernetes.object/rbac.authorization.k8s.io/ClusterRoleBinding/lab-illm-k8s-lab-local-vault-login",
        "production owned vault.auth-method/kubernetes",
        "production owned vault.mount/secret",
        "production owned vault.policy/external-secrets",
        "bootstrap owned kubernetes.object/rbac.authorization.k8s.io/Role/standin-aws-secretsmanager/lab-store-aws-secretsmanager",
        "bootstrap owned kubernetes.object/rbac.authorization.k8s.io/Role/standin-azure-keyvault/lab-store-azure-keyvault",
        "bootstrap owned kubernetes.secret/standin-aws-secretsmanager/crossplane-aws",
        "bootstrap owned kubernetes.secret/standin-azure-keyvault/crossplane-azure-credentials",
        "bootstrap contributed kubernetes.service-account/external-secrets/external-secrets",
        "production owned vault.kubernetes-auth-config/kubernetes",
        "production owned vault.kv-config/secret",
        "bootstrap owned kubernetes.object/rbac.authorization.k8s.io/RoleBinding/standin-aws-secretsmanager/lab-store-aws-secretsmanager",
        "bootstrap owned kubernetes.object/rbac.authorization.k8s.io/RoleBinding/standin-azure-keyvault/lab-store-azure-keyvault",
        "production owned vault.kubernetes-auth-role/kubernetes/external-secrets",
        "production owned vault.kv-secret/secret/experiments%2Fdemo-api",
        "bootstrap owned external-secrets.cluster-secret-store/aws-secretsmanager",
        "bootstrap owned external-secrets.cluster-secret-store/azure-keyvault",
        "production owned external-secrets.cluster-secret-store/vault",
        "bootstrap owned external-secrets.external-secret/crossplane-system/aws-credentials",
        "bootstrap owned external-secrets.external-secret/crossplane-system/azure-credentials",
        "production owned external-secrets.external-secret/experiments/demo-api",
      ]
    `);
  });

  // The record is ADR-002 of illm-k8s-lab; its ClusterSecretStore `vault` and ExternalSecret `azure-credentials`, field by field.
  test("has the record's store vault", async () => {
    const manifest = await load({ apiServer: 'https://10.0.0.1:6443' });
    expect(resourceAt(manifest, 'external-secrets.cluster-secret-store/vault').spec['provider']).toEqual({
      vault: {
        server: 'http://127.0.0.1:8200',
        path: 'secret',
        version: 'v2',
        auth: {
          kubernetes: {
            mountPath: 'kubernetes',
            role: 'external-secrets',
            serviceAccountRef: { name: 'external-secrets', namespace: 'external-secrets' },
          },
        },
      },
    });
    expect(resourceAt(manifest, 'vault.kubernetes-auth-role/kubernetes/external-secrets').spec).toEqual({
      serviceAccountNames: ['external-secrets'],
      serviceAccountNamespaces: ['external-secrets'],
      policies: ['external-secrets'],
      ttl: 1200,
    });
  });

  test("has the record's ExternalSecret azure-credentials", async () => {
    const { spec } = resourceAt(await load(), 'external-secrets.external-secret/crossplane-system/azure-credentials');
    expect(spec).toEqual({
      refresh: 3600,
      store: { name: 'azure-keyvault', kind: 'ClusterSecretStore' },
      target: { name: 'azure-credentials', creationPolicy: 'Owner' },
      data: [{ key: 'credentials', remote: { key: 'crossplane-azure-credentials', property: 'value' } }],
    });
    expect(goDuration(Number(spec['refresh']))).toBe('1h0m0s');
  });

  test('writes aws-credentials as the file that Crossplane reads', async () => {
    const { spec } = resourceAt(await load(), 'external-secrets.external-secret/crossplane-system/aws-credentials');
    expect(spec['target']).toEqual({
      name: 'aws-credentials',
      creationPolicy: 'Owner',
      template: {
        data: { credentials: '[default]\naws_access_key_id={{ .id }}\naws_secret_access_key={{ .secret }}\n' },
      },
    });
  });

  test('goes where its variables say', async () => {
    const manifest = await load({ context: 'kind-lab', vaultAddress: 'http://localhost:9', apiServer: 'https://api' });
    expect(manifest.connections).toMatchObject({
      kubernetes: { context: 'kind-lab' },
      vault: { address: 'http://localhost:9', mode: 'wait', plaintext: 'loopback' },
    });
    expect(resourceAt(manifest, 'vault.kubernetes-auth-config/kubernetes').spec['host']).toBe('https://api');
    expect(resourceAt(manifest, 'external-secrets.cluster-secret-store/azure-keyvault').spec).toMatchObject({
      provider: { kubernetes: { remoteNamespace: 'standin-azure-keyvault', server: { url: 'https://api' } } },
      conditions: [{ namespaces: ['crossplane-system'] }],
    });
  });
});

describe("the two-phase example with the record's own stores", () => {
  const loadKind = () => loadExample(undefined);

  test('is the default, and comes to these resources', async () => {
    expect(phaseLines(await loadKind())).toMatchInlineSnapshot(`
      [
        "bootstrap owned aws.secrets-manager-secret/us-east-1/crossplane-aws",
        "bootstrap owned azure.key-vault-secret/illm-k8s-lab-kv/crossplane-azure-credentials",
        "bootstrap contributed kubernetes.namespace/crossplane-system",
        "bootstrap contributed kubernetes.namespace/experiments",
        "bootstrap contributed kubernetes.namespace/external-secrets",
        "production owned vault.auth-method/kubernetes",
        "production owned vault.mount/secret",
        "production owned vault.policy/external-secrets",
        "bootstrap owned kubernetes.secret/external-secrets/lab-store-aws-secretsmanager",
        "bootstrap owned kubernetes.secret/external-secrets/lab-store-azure-keyvault",
        "bootstrap contributed kubernetes.service-account/external-secrets/external-secrets",
        "production owned vault.kubernetes-auth-config/kubernetes",
        "production owned vault.kv-config/secret",
        "bootstrap owned external-secrets.cluster-secret-store/aws-secretsmanager",
        "bootstrap owned external-secrets.cluster-secret-store/azure-keyvault",
        "production owned vault.kubernetes-auth-role/kubernetes/external-secrets",
        "production owned vault.kv-secret/secret/experiments%2Fdemo-api",
        "production owned external-secrets.cluster-secret-store/vault",
        "bootstrap owned external-secrets.external-secret/crossplane-system/aws-credentials",
        "bootstrap owned external-secrets.external-secret/crossplane-system/azure-credentials",
        "production owned external-secrets.external-secret/experiments/demo-api",
      ]
    `);
  });

  test('lets External Secrets read with static credentials, and says so', async () => {
    const manifest = await loadKind();
    expect(resourceAt(manifest, 'external-secrets.cluster-secret-store/azure-keyvault').spec).toEqual({
      provider: {
        azurekv: {
          authType: 'ServicePrincipal',
          tenantId: '7c1e0000-0000-0000-0000-000000000001',
          vaultUrl: 'https://illm-k8s-lab-kv.vault.azure.net',
          authSecretRef: {
            clientId: { name: 'lab-store-azure-keyvault', key: 'client-id', namespace: 'external-secrets' },
            clientSecret: { name: 'lab-store-azure-keyvault', key: 'client-secret', namespace: 'external-secrets' },
          },
        },
      },
      conditions: [{ namespaces: ['crossplane-system'] }],
    });
    expect(
      manifest.diagnostics.map(({ severity, code, message }) => `${severity} ${code} ${message}`),
    ).toMatchInlineSnapshot(`
      [
        "warning STATIC_CREDENTIAL stores.azure-keyvault.auth: a static credential lies in Secret external-secrets/lab-store-azure-keyvault; use workload identity where the cluster has one",
        "warning STATIC_CREDENTIAL stores.aws-secretsmanager.auth: a static credential lies in Secret external-secrets/lab-store-aws-secretsmanager; use workload identity where the cluster has one",
      ]
    `);
  });

  test("has the record's ExternalSecret azure-credentials", async () => {
    const { spec } = resourceAt(
      await loadKind(),
      'external-secrets.external-secret/crossplane-system/azure-credentials',
    );
    expect(spec['data']).toEqual([{ key: 'credentials', remote: { key: 'crossplane-azure-credentials' } }]);
  });

  test('writes as the operator, to the one tenant and the one account', async () => {
    const { connections, expects } = await loadKind();
    expect(connections).toMatchObject({
      kubernetes: { context: 'kind-lab' },
      azure: {
        tenant: '7c1e0000-0000-0000-0000-000000000001',
        vaults: ['illm-k8s-lab-kv'],
        credential: { type: 'ambient' },
      },
      aws: { region: 'us-east-1', account: '123456789012', credential: { type: 'ambient' } },
    });
    expect(expects).toEqual({ azure: '7c1e0000-0000-0000-0000-000000000001', aws: 'aws:123456789012' });
  });
});

// ADR-002 of illm-k8s-lab, its ClusterSecretStore `aws-secretsmanager`.
test("the two-phase example on EKS has the record's store aws-secretsmanager, with a role of its own", async () => {
  const manifest = await loadExample('eks');
  expect(resourceAt(manifest, 'external-secrets.cluster-secret-store/aws-secretsmanager').spec['provider']).toEqual({
    aws: {
      service: 'SecretsManager',
      region: 'us-east-1',
      auth: { jwt: { serviceAccountRef: { name: 'external-secrets', namespace: 'external-secrets' } } },
    },
  });
  expect(phaseLines(manifest).filter((line) => / aws\.|issuer|service-account/.test(line))).toMatchInlineSnapshot(`
    [
      "bootstrap owned aws.iam-policy/eso-eks-aws-secretsmanager",
      "bootstrap owned aws.secrets-manager-secret/us-east-1/crossplane-aws",
      "bootstrap expected kubernetes.issuer/cluster",
      "bootstrap owned aws.iam-oidc-provider/illm-k8s-lab-eks",
      "bootstrap owned aws.iam-role/eso-eks",
      "bootstrap owned aws.iam-role-policy-attachment/eso-eks/eso-eks-aws-secretsmanager",
      "bootstrap contributed kubernetes.service-account/external-secrets/external-secrets",
    ]
  `);
  expect(manifest.connections['aws']).toMatchObject({ region: 'us-east-1', account: '210987654321' });
});

// ADR-002 of illm-k8s-lab, its ClusterSecretStore `azure-keyvault`, with a vault of this cluster's own.
test("the two-phase example on AKS has the record's stores, and everything in Azure that they need", async () => {
  const manifest = await loadExample('aks');
  expect(resourceAt(manifest, 'external-secrets.cluster-secret-store/azure-keyvault').spec['provider']).toEqual({
    azurekv: {
      authType: 'WorkloadIdentity',
      vaultUrl: 'https://illm-k8s-aks-kv.vault.azure.net',
      serviceAccountRef: { name: 'external-secrets', namespace: 'external-secrets' },
    },
  });
  expect(phaseLines(manifest).filter((line) => / azure\.| aws\./.test(line))).toMatchInlineSnapshot(`
    [
      "bootstrap owned aws.iam-policy/eso-aks-aws-secretsmanager",
      "bootstrap owned aws.secrets-manager-secret/us-east-1/crossplane-aws",
      "bootstrap owned azure.resource-group/illm-k8s-aks-secrets",
      "bootstrap owned aws.iam-oidc-provider/illm-k8s-lab-aks",
      "bootstrap owned azure.key-vault/illm-k8s-aks-kv",
      "bootstrap owned azure.managed-identity/illm-k8s-aks-secrets/eso-aks",
      "bootstrap owned aws.iam-role/eso-aks",
      "bootstrap owned azure.federated-credential/illm-k8s-aks-secrets/eso-aks/illm-k8s-lab-aks-external-secrets-external-secrets",
      "bootstrap owned azure.role-assignment/illm-k8s-aks-secrets/illm-k8s-aks-kv/crossplane-azure-credentials/eso-aks/Key%20Vault%20Secrets%20User",
      "bootstrap owned azure.role-assignment/illm-k8s-aks-secrets/illm-k8s-aks-kv/self/Key%20Vault%20Secrets%20Officer",
      "bootstrap owned aws.iam-role-policy-attachment/eso-aks/eso-aks-aws-secretsmanager",
      "bootstrap owned azure.key-vault-secret/illm-k8s-aks-kv/crossplane-azure-credentials",
    ]
  `);
  expect(manifest.connections['azure']).toMatchObject({ vaults: [], subscription: expect.any(String) });
  expect(manifest.expects['azure']).toBe('7c1e0000-0000-0000-0000-000000000001/7c1e0000-0000-0000-0000-000000000002');
  expect(manifest.diagnostics).toEqual([]);
});

test('the environments of the two-phase example share nothing', async () => {
  const manifests = await Promise.all(['kind', 'eks', 'aks', 'local'].map((environment) => loadExample(environment)));
  expect(checkSharedTargets(manifests, kinds)).toEqual([]);
  const together = await Promise.all(
    ['kind', 'local'].map((environment) => loadExample(environment, { context: 'kind-lab' })),
  );
  expect(checkSharedTargets(together, kinds)).toHaveLength(1);
});

test('the minimal example is one store and one secret', async () => {
  const loaded = await loadManifest({ path: 'examples/minimal', environment: undefined, vars: {}, env: {}, kinds });
  expect(shown(loaded, '')).toEqual([]);
  expect(loaded.ok && loaded.manifest.resources.map(({ address }) => address)).toMatchInlineSnapshot(`
    [
      "kubernetes.namespace/team-secrets",
      "kubernetes.object/rbac.authorization.k8s.io/Role/team-secrets/lab-store-team",
      "kubernetes.object/rbac.authorization.k8s.io/RoleBinding/team-secrets/lab-store-team",
      "kubernetes.namespace/external-secrets",
      "kubernetes.service-account/external-secrets/external-secrets",
      "external-secrets.cluster-secret-store/team",
      "kubernetes.secret/team-secrets/api-token",
      "kubernetes.namespace/demo",
      "external-secrets.external-secret/demo/api-token",
    ]
  `);
});
