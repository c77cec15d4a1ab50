import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type AwsSandbox, startAwsSandbox } from '../../../src/sandbox/aws/start.ts';
import { type AzureSandbox, startAzureSandbox } from '../../../src/sandbox/azure/start.ts';
import { iamAt, strangerAt } from '../../providers/aws/server.ts';
import { subscription } from '../../sandbox/azure/arm.ts';
import { type Links, makeIdentity } from '../../sandbox/azure/chain.ts';
import { clientId, clientSecret, sdk, tenant } from '../../sandbox/azure/sandbox.ts';
import { type CloudNames, startCloudNames } from '../../servers/cloud-names.ts';
import { type ControlPlane, startControlPlane } from '../../servers/control-plane.ts';
import { startExternalSecrets } from '../../servers/external-secrets.ts';
import { type Moto, startMoto } from '../../servers/moto.ts';
import { createRunFolder, type RunFolder } from '../../servers/run-folders.ts';

// The unmodified External Secrets on a real API server, with the stores as the decision records write them, finds the
// clouds under their own names: Azure is our sandbox, which checks the API server's tokens against the federated
// credentials; AWS is moto in us-east-1 and our sandbox, which checks tokens too, in eu-west-1.

const issuer = 'https://kubernetes.default.svc';
const namespace = 'external-secrets';
const apiVersion = 'external-secrets.io/v1';
const regions = { moto: 'us-east-1', sandbox: 'eu-west-1' };
const vault = 'illm-k8s-lab-kv';
const gone = 'illm-k8s-lab-gone';

let folder: RunFolder;
let cluster: ControlPlane;
let azure: AzureSandbox;
let aws: AwsSandbox;
let moto: Moto;
let names: CloudNames;

beforeAll(async () => {
  folder = await createRunFolder();
  const inRegion = (region: string) => [`*.${region}.amazonaws.com`];
  [cluster, moto] = await Promise.all([
    startControlPlane({ dir: join(folder.dir, 'control-plane') }),
    startMoto({ dir: join(folder.dir, 'moto'), names: inRegion(regions.moto) }),
  ]);
  const keysOf = async (asked: string) =>
    asked === issuer ? JSON.parse((await cluster.call({ method: 'GET', path: '/openid/v1/jwks' })).body) : undefined;
  const principal = (id: string) => (id === clientId ? { clientId, clientSecret } : undefined);
  // What is new is not known everywhere at once.
  const late = { staleAssignments: 2, staleCredentials: 1 };
  azure = await startAzureSandbox({ tenant, subscription, vaults: [], principal, keysOf, quirks: late });
  aws = await startAwsSandbox({
    seed: 'names',
    account: '210987654321',
    keysOf,
    names: inRegion(regions.sandbox),
    quirks: { staleRoles: 1 },
  });
  names = await startCloudNames({
    dir: join(folder.dir, 'names'),
    routes: [
      { suffix: '.vault.azure.net', port: azure.port },
      { suffix: 'login.microsoftonline.com', port: azure.port },
      { suffix: `.${regions.moto}.amazonaws.com`, port: Number(new URL(moto.url).port) },
      { suffix: `.${regions.sandbox}.amazonaws.com`, port: aws.port },
    ],
    // Azure takes the name of a deleted vault out of the DNS.
    unknown: [`${gone}.vault.azure.net`],
    authorities: [azure.caPem, aws.caPem, moto.caPem],
  });
  // Up to 0.16 it would ask the STS of all regions; the webhook of EKS sets this for every pod.
  const environment = { ...names.environment, AWS_STS_REGIONAL_ENDPOINTS: 'regional' };
  await startExternalSecrets({ controlPlane: cluster, dir: join(folder.dir, 'external-secrets'), environment });
  for (const name of [namespace, 'crossplane-system']) await post('/api/v1/namespaces', { metadata: { name } });
}, 120_000);

afterAll(async () => {
  await names.stop();
  await Promise.all([azure.stop(), aws.stop()]);
  await folder.remove();
});

const post = async (path: string, body: object): Promise<void> => {
  const { status, body: text } = await cluster.call({ method: 'POST', path, body: JSON.stringify(body) });
  if (status >= 300) throw new Error(`POST ${path} answered ${status}: ${text}`);
};

/** The service account that a store names, the store, and an ExternalSecret that reads this key. */
const reading = async (
  name: string,
  given: { readonly annotations: object; readonly provider: object; readonly key: string },
): Promise<void> => {
  const { annotations, provider, key } = given;
  await post(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name, annotations } });
  await post(`/apis/${apiVersion}/clustersecretstores`, {
    apiVersion,
    kind: 'ClusterSecretStore',
    metadata: { name },
    spec: { provider },
  });
  await post(`/apis/${apiVersion}/namespaces/crossplane-system/externalsecrets`, {
    apiVersion,
    kind: 'ExternalSecret',
    metadata: { name },
    spec: {
      refreshInterval: '1h0m0s',
      secretStoreRef: { name, kind: 'ClusterSecretStore' },
      data: [{ secretKey: 'credentials', remoteRef: { key } }],
    },
  });
};

const synced = async (name: string): Promise<string | undefined> => {
  const path = `/api/v1/namespaces/crossplane-system/secrets/${name}`;
  const { status, body } = await cluster.call({ method: 'GET', path });
  return status === 200 ? Buffer.from(JSON.parse(body).data.credentials, 'base64').toString() : undefined;
};

/** What the operator says of the objects of this name. */
const events = async (name: string): Promise<string> => {
  const { body } = await cluster.call({ method: 'GET', path: '/api/v1/events' });
  const { items }: { items: { message: string; involvedObject: { name: string } }[] } = JSON.parse(body);
  return items.flatMap(({ message, involvedObject }) => (involvedObject.name === name ? message : [])).join('\n');
};

const patiently = { timeout: 45_000, interval: 200 };

describe('azure-keyvault, with workload identity', () => {
  const value = '{"clientId":"x"}';
  const secret = { name: 'crossplane-azure-credentials', value };

  /** `store` and `keyOf` are what the store says beyond the records, and the key that is read. */
  const readAs = async (name: string, links: Links, { store = {}, keyOf = secret.name, at = vault } = {}) => {
    const place = { identity: name, vault: at, secret };
    const subject = `system:serviceaccount:${namespace}:${name}`;
    const identity = await makeIdentity(azure, place, { subject, ...links });
    const named = links.clientId === undefined ? identity.clientId : links.clientId;
    const annotations = {
      'azure.workload.identity/tenant-id': tenant,
      ...(named === null ? {} : { 'azure.workload.identity/client-id': named }),
    };
    const vaultUrl = `https://${at}.vault.azure.net`;
    const azurekv = { authType: 'WorkloadIdentity', vaultUrl, serviceAccountRef: { name, namespace }, ...store };
    await reading(name, { annotations, provider: { azurekv }, key: keyOf });
  };

  test('reads where every link is right, once Entra and the vault have heard of it', async () => {
    await readAs('azure-right', {});
    await vi.waitFor(async () => expect(await synced('azure-right')).toBe(value), patiently);
    expect(await events('azure-right')).toContain('AADSTS70021: ');
    expect(await events('azure-right')).toContain('ForbiddenByRbac');
  });

  test.each<[string, Links, string]>([
    ['issuer', { issuer: `${issuer}/` }, 'AADSTS700211'],
    ['subject', { subject: `system:serviceaccount:${namespace}:azure-right` }, 'AADSTS700213'],
    ['audience', { audience: 'lab' }, 'AADSTS700212'],
    ['annotation', { clientId: null }, 'missing clientID'],
    ['client id', { clientId: '00000000-0000-0000-0000-00000000000f' }, 'AADSTS700016'],
    ['role', { role: 'none' }, 'ForbiddenByRbac'],
    ['scope', { scope: `/providers/Microsoft.KeyVault/vaults/${vault}/secrets/another` }, 'ForbiddenByRbac'],
  ])('fails with a wrong %s', async (link, links, says) => {
    const name = `azure-${link.replace(' ', '-')}`;
    await readAs(name, links);
    await vi.waitFor(async () => expect(await events(name)).toContain(says), patiently);
    expect(await synced(name)).toBeUndefined();
  });

  test('fails with two client ids', async () => {
    const stringData = { id: 'another', secret: 'none' };
    await post(`/api/v1/namespaces/${namespace}/secrets`, { metadata: { name: 'login' }, stringData });
    const ref = (key: string) => ({ name: 'login', key, namespace });
    const authSecretRef = { clientId: ref('id'), clientSecret: ref('secret') };
    await readAs('azure-two-ids', {}, { store: { authSecretRef } });
    await vi.waitFor(async () => expect(await events('azure-two-ids')).toContain('multiple clientID found'), patiently);
    expect(await synced('azure-two-ids')).toBeUndefined();
  });

  test('fails with a vault that is soft-deleted', async () => {
    await readAs('azure-no-vault', { vaultDeleted: true }, { at: gone });
    // It tries for minutes before it says anything of a server that it does not reach.
    await vi.waitFor(() => expect(names.missed).toContain(`${gone}.vault.azure.net`), patiently);
    expect(await synced('azure-no-vault')).toBeUndefined();
  });

  test('fails with a secret that is deleted and still kept', async () => {
    await makeIdentity(azure, { identity: 'azure-owner', vault, secret: { name: 'retired', value } }, {});
    await (await sdk(azure, vault).beginDeleteSecret('retired')).pollUntilDone();
    await readAs('azure-retired', {}, { keyOf: 'retired' });
    const says = 'Secret does not exist';
    await vi.waitFor(async () => expect(await events('azure-retired')).toContain(says), patiently);
    expect(await synced('azure-retired')).toBeUndefined();
  });
});

describe('aws-secretsmanager, with a role', () => {
  const value = '[default]';
  const key = 'crossplane-aws-credentials';

  const readFrom = async (
    server: AwsSandbox | Moto,
    name: string,
    { audience = 'sts.amazonaws.com', keyOf = key } = {},
  ) => {
    const [region, account] = server === moto ? [regions.moto, moto.account] : [regions.sandbox, aws.account];
    const iam = iamAt(server);
    const host = issuer.replace('https://', '');
    const Condition = {
      StringEquals: {
        [`${host}:aud`]: audience,
        [`${host}:sub`]: `system:serviceaccount:${namespace}:${name}`,
      },
    };
    const Principal = { Federated: `arn:aws:iam::${account}:oidc-provider/${host}` };
    const trust = { Effect: 'Allow', Principal, Action: 'sts:AssumeRoleWithWebIdentity', Condition };
    const rights = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' };
    const text = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.createRole({ RoleName: name, AssumeRolePolicyDocument: text(trust) });
    const { Policy } = await iam.createPolicy({ PolicyName: name, PolicyDocument: text(rights) });
    await iam.attachRolePolicy({ RoleName: name, PolicyArn: Policy?.Arn ?? '' });
    const provider = {
      aws: { service: 'SecretsManager', region, auth: { jwt: { serviceAccountRef: { name, namespace } } } },
    };
    const annotations = { 'eks.amazonaws.com/role-arn': `arn:aws:iam::${account}:role/${name}` };
    await reading(name, { annotations, provider, key: keyOf });
  };

  beforeAll(async () => {
    for (const [server, region] of [
      [moto, regions.moto],
      [aws, regions.sandbox],
    ] as const) {
      await iamAt(server).createOpenIDConnectProvider({ Url: issuer, ClientIDList: ['sts.amazonaws.com'] });
      await strangerAt(server, region).createSecret({ Name: key, SecretString: value });
    }
  });

  test.each([
    ['moto', () => moto],
    ['the sandbox', () => aws],
  ])('reads from %s', async (name, server) => {
    const named = `aws-${name.replace(' ', '-')}`;
    await readFrom(server(), named);
    await vi.waitFor(async () => expect(await synced(named)).toBe(value), patiently);
  });

  test('fails where the role trusts another audience', async () => {
    await readFrom(aws, 'aws-audience', { audience: 'lab' });
    const says = 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity';
    await vi.waitFor(async () => expect(await events('aws-audience')).toContain(says), patiently);
    expect(await synced('aws-audience')).toBeUndefined();
  });

  test('fails as long as STS does not know a role that is new', async () => {
    await readFrom(aws, 'aws-new');
    await vi.waitFor(async () => expect(await synced('aws-new')).toBe(value), patiently);
    expect(await events('aws-new')).toContain('AccessDenied');
  });

  test.each([
    ['moto', () => moto],
    ['the sandbox', () => aws],
  ])('fails with a secret of %s that is scheduled for deletion', async (name, server) => {
    const region = server() === moto ? regions.moto : regions.sandbox;
    const api = strangerAt(server(), region);
    await api.createSecret({ Name: 'retired', SecretString: value });
    await api.deleteSecret({ SecretId: 'retired', RecoveryWindowInDays: 7 });
    const named = `aws-retired-${name.replace(' ', '-')}`;
    await readFrom(server(), named, { keyOf: 'retired' });
    // Up to 0.16 External Secrets takes AWS's words, which moto does not have, for absence.
    const says = /InvalidRequestException|Secret does not exist/;
    await vi.waitFor(async () => expect(await events(named)).toMatch(says), patiently);
    expect(await synced(named)).toBeUndefined();
  });
});

test('nobody asked for any other host', () => {
  expect(names.strangers).toEqual([]);
});
