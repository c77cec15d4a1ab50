import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { federated, load, reader, vault } from './support/azure-store.ts';
import { resourceAt } from './support/load.ts';

describe("the records' stores of Azure, field by field", () => {
  // ADR-002 of illm-k8s-lab, ADR-0023 of floe and ADR-003 of the data platform; each record's own YAML.
  const records = [
    [
      `
apiVersion: external-secrets.io/v1beta1
kind: ClusterSecretStore
metadata:
  name: azure-keyvault
spec:
  provider:
    azurekv:
      authType: WorkloadIdentity
      vaultUrl: "https://illm-k8s-lab-kv.vault.azure.net"
      serviceAccountRef:
        name: external-secrets
        namespace: external-secrets
`,
      vault(federated(), '', 'illm-k8s-lab-kv'),
    ],
    [
      `
apiVersion: external-secrets.io/v1beta1
kind: ClusterSecretStore
metadata:
  name: azure-keyvault
spec:
  provider:
    azurekv:
      vaultUrl: "https://my-vault.vault.azure.net"
      authType: ManagedIdentity
`,
      '{ type: azure-key-vault, manage: existing, name: my-vault, auth: { type: managed-identity } }',
    ],
    [
      `
apiVersion: external-secrets.io/v1beta1
kind: SecretStore
metadata:
  name: azure-key-vault
  namespace: airflow
spec:
  provider:
    azurekv:
      authType: WorkloadIdentity
      vaultUrl: "https://my-vault.vault.azure.net"
      serviceAccountRef:
        name: external-secrets-sa
`,
      vault(
        federated('identity: { create: eso }', 'airflow/external-secrets-sa'),
        ', expose: { kind: SecretStore, namespaces: [airflow] }',
        'my-vault',
      ),
    ],
  ] as const;

  test.each(records)('%s', async (yaml, store) => {
    const { kind, metadata, spec } = parse(yaml);
    const namespace: string = metadata.namespace ?? 'a';
    const loaded = await load({ [metadata.name]: store }, { [`${namespace}/x`]: reader(metadata.name) });
    const address =
      kind === 'SecretStore'
        ? `external-secrets.secret-store/${namespace}/${metadata.name}`
        : `external-secrets.cluster-secret-store/${metadata.name}`;
    expect({ provider: resourceAt(loaded, address).spec['provider'] }).toEqual(spec);
  });

  test.each([
    [
      'ADR-003, salesforce-credentials',
      `
metadata: { name: salesforce-credentials, namespace: airflow }
spec:
  refreshInterval: 1h
  secretStoreRef: { name: azure-key-vault, kind: SecretStore }
  target: { name: salesforce-credentials, creationPolicy: Owner }
  data:
    - { secretKey: password, remoteRef: { key: salesforce-password } }
    - { secretKey: security_token, remoteRef: { key: salesforce-security-token } }
    - { secretKey: username, remoteRef: { key: salesforce-username } }
`,
      '{ readFrom: azure-key-vault, refresh: 1h, keys: { username: { at: salesforce-username }, password: { at: salesforce-password }, security_token: { at: salesforce-security-token } } }',
      vault(
        federated('identity: { create: eso }', 'airflow/external-secrets-sa'),
        ', expose: { kind: SecretStore, namespaces: [airflow] }',
      ),
    ],
    [
      'ADR-0023, synapse-credentials',
      `
metadata: { name: synapse-credentials, namespace: floe-jobs }
spec:
  refreshInterval: 1h
  secretStoreRef: { name: azure-keyvault, kind: ClusterSecretStore }
  target: { name: synapse-credentials, creationPolicy: Owner }
  data:
    - { secretKey: SYNAPSE_CONNECTION_STRING, remoteRef: { key: floe-synapse-connection } }
`,
      '{ readFrom: azure-keyvault, refresh: 1h, keys: { SYNAPSE_CONNECTION_STRING: { at: floe-synapse-connection } } }',
      vault(),
    ],
    [
      'ADR-002, azure-credentials',
      `
metadata: { name: azure-credentials, namespace: crossplane-system }
spec:
  refreshInterval: 1h
  secretStoreRef: { name: azure-keyvault, kind: ClusterSecretStore }
  target: { name: azure-credentials, creationPolicy: Owner }
  data:
    - { secretKey: credentials, remoteRef: { key: crossplane-azure-credentials } }
`,
      '{ readFrom: azure-keyvault, refresh: 1h, keys: { credentials: { at: crossplane-azure-credentials } } }',
      vault(),
    ],
  ])("%s: the record's ExternalSecret", async (_, yaml, entry, store) => {
    const { metadata, spec } = parse(yaml);
    const key = `${metadata.namespace}/${metadata.name}`;
    const loaded = await load({ [spec.secretStoreRef.name]: store }, { [key]: entry });
    expect(resourceAt(loaded, `external-secrets.external-secret/${key}`).spec).toEqual({
      store: spec.secretStoreRef,
      refresh: 3600,
      target: spec.target,
      data: spec.data.map(({ secretKey, remoteRef }: { secretKey: string; remoteRef: object }) => ({
        key: secretKey,
        remote: remoteRef,
      })),
    });
  });
});
