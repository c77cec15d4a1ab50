import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { QuirkOptions } from '../../../src/sandbox/azure/quirks.ts';
import { type AzureSandbox, startAzureSandbox } from '../../../src/sandbox/azure/start.ts';
import { azureKeyVault } from '../../../src/sandbox/external-secrets/readers/azure.ts';
import { startExternalSecretsSandbox } from '../../../src/sandbox/external-secrets/start.ts';
import { clusterKeys } from '../../../src/sandbox/issuer-keys.ts';
import { type JsonMap, textOf } from '../../../src/sandbox/kubernetes/json.ts';
import { startKubernetes } from '../../../src/sandbox/kubernetes/start.ts';
import { type Arm, armOf, roles, subscription } from './arm.ts';
import { clientId, clientSecret, sdk, tenant } from './sandbox.ts';

export const issuer = 'https://kubernetes.default.svc';
export const audience = 'api://AzureADTokenExchange';
const vault = 'chain-kv';
const group = 'lab';

/** Every link of the chain from a service account to a secret, each as it should be unless said otherwise. */
export interface Links {
  readonly issuer?: string;
  readonly subject?: string;
  readonly audience?: string;
  /** null: no credential at all. */
  readonly credential?: null;
  /** What the annotation says; null: there is none. */
  readonly clientId?: string | null;
  /** What the store says beside the service account. */
  readonly store?: JsonMap;
  readonly role?: keyof typeof roles | 'none';
  /** Below the resource group; '' is the group itself. */
  readonly scope?: string;
  readonly vaultDeleted?: boolean;
}

/** What a chain is made of: the identity, the vault and the secret in it. */
export interface Place {
  readonly identity: string;
  readonly vault: string;
  readonly secret: { readonly name: string; readonly value: string };
}

const place: Place = { identity: 'eso', vault, secret: { name: 'team-app', value: '{"password":"of the app"}' } };
const identityShape = z.object({
  body: z.object({ properties: z.object({ clientId: z.string(), principalId: z.string() }) }),
});

/** A cluster with External Secrets, an Azure, and the chain between them. */
export const startChain = async (links: Links = {}, quirks: QuirkOptions = {}) => {
  const kubernetes = await startKubernetes();
  const azure = await startAzureSandbox({
    tenant,
    subscription,
    vaults: [],
    principal: (id) => (id === clientId ? { clientId, clientSecret } : undefined),
    keysOf: (asked) => clusterKeys(kubernetes, asked),
    quirks,
  });
  const operator = startExternalSecretsSandbox({
    kubernetes,
    readers: { azurekv: azureKeyVault({ ...azure, reader: { tenant, clientId: 'none', clientSecret: 'none' } }) },
    backoff: { first: 5, most: 20 },
  });
  onTestFinished(async () => {
    await operator.stop();
    await azure.stop();
    await kubernetes.stop();
  });
  const { clientId: identity } = await makeIdentity(azure, place, links);

  const { objects } = kubernetes;
  const { clientId: named = identity } = links;
  const annotations =
    named === null
      ? { 'azure.workload.identity/tenant-id': tenant }
      : { 'azure.workload.identity/client-id': named, 'azure.workload.identity/tenant-id': tenant };
  objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'eso' } }, 'test');
  objects.create(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader', namespace: 'eso', annotations } },
    'test',
  );
  const azurekv = {
    authType: 'WorkloadIdentity',
    vaultUrl: `https://${vault}.vault.azure.net`,
    serviceAccountRef: { name: 'reader', namespace: 'eso' },
    ...links.store,
  };
  objects.create(
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'login', namespace: 'eso' },
      data: { id: Buffer.from('another').toString('base64') },
    },
    'test',
  );
  const apiVersion = 'external-secrets.io/v1';
  objects.create(
    { apiVersion, kind: 'ClusterSecretStore', metadata: { name: 'store' }, spec: { provider: { azurekv } } },
    'test',
  );
  objects.create(
    {
      apiVersion,
      kind: 'ExternalSecret',
      metadata: { name: 'app', namespace: 'eso' },
      spec: {
        secretStoreRef: { name: 'store', kind: 'ClusterSecretStore' },
        refreshInterval: '1h0m0s',
        data: [{ secretKey: 'password', remoteRef: { key: 'team-app', property: 'password' } }],
      },
    },
    'test',
  );
  return {
    azure,
    kubernetes,
    /** The Secret's data, or undefined. */
    synced: () => objects.get({ group: '', kind: 'Secret', namespace: 'eso', name: 'app' })?.['data'],
    /** What the operator's events say. */
    events: () =>
      objects.list({ group: '', kind: 'Event', namespace: '' }).map((event) => textOf(event['message']) ?? ''),
  };
};

/** Makes the Azure side of a chain: identity, trust, vault, secret and role. */
export const makeIdentity = async (
  azure: AzureSandbox,
  { identity, vault: vaultName, secret }: Place,
  links: Links,
): Promise<{ clientId: string; principalId: string }> => {
  const vaultPath = `/providers/Microsoft.KeyVault/vaults/${vaultName}`;
  const identityPath = `/resourceGroups/${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${identity}`;
  const arm = await armOf(azure);
  await arm('PUT', `/resourceGroups/${group}`, 'resources', { location: 'westus' });
  const made = await arm('PUT', identityPath, 'identities', { location: 'westus' });
  const { properties } = identityShape.parse(made).body;
  if (links.credential !== null) {
    const { subject = 'system:serviceaccount:eso:reader' } = links;
    await arm('PUT', `${identityPath}/federatedIdentityCredentials/cluster`, 'identities', {
      properties: { issuer: links.issuer ?? issuer, subject, audiences: [links.audience ?? audience] },
    });
  }
  await arm('PUT', `/resourceGroups/${group}${vaultPath}`, 'keyVault', {
    location: 'westus',
    properties: { tenantId: tenant, sku: { family: 'A', name: 'standard' }, enableRbacAuthorization: true },
  });
  await writeSecret(azure, arm, vaultName, secret);
  const { role = 'user', scope = vaultPath } = links;
  if (role !== 'none') {
    await assign(arm, `/resourceGroups/${group}${scope}`, roles[role], properties.principalId);
  }
  if (links.vaultDeleted === true) await arm('DELETE', `/resourceGroups/${group}${vaultPath}`, 'keyVault');
  return properties;
};

/** Lets somebody in; a new identity is not known everywhere at once. */
const assign = async (arm: Arm, scope: string, role: string, principalId: string): Promise<void> => {
  const path = `${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
  const roleDefinitionId = `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
  const properties = { roleDefinitionId, principalId, principalType: 'ServicePrincipal' };
  const { status, body } = await arm('PUT', path, 'authorization', { properties });
  // Several chains of one vault share its officer.
  if (status !== 201 && status !== 409) throw new Error(`the role was not assigned: ${JSON.stringify(body)}`);
};

const writeSecret = async (
  azure: AzureSandbox,
  arm: Arm,
  vaultName: string,
  { name, value }: Place['secret'],
): Promise<void> => {
  const { oid } = z.object({ oid: z.string() }).parse(await claimsOfOwner(azure));
  const scope = `/resourceGroups/${group}/providers/Microsoft.KeyVault/vaults/${vaultName}`;
  await assign(arm, scope, roles.officer, oid);
  for (;;) {
    const written = await sdk(azure, vaultName)
      .setSecret(name, value)
      .then(
        () => true,
        () => false,
      );
    if (written) return;
  }
};

const claimsOfOwner = async (azure: AzureSandbox): Promise<unknown> => {
  const login = await azure.logIn({ tenant, clientId, clientSecret });
  if (login.is === 'refused') throw new Error(login.message);
  return JSON.parse(Buffer.from(login.token.split('.')[1] ?? '', 'base64url').toString());
};
