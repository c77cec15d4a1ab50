import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type AwsSandbox, startAwsSandbox } from '../../../src/sandbox/aws/start.ts';
import { iamAt, region, strangerAt } from '../../providers/aws/server.ts';
import { type ControlPlane, startControlPlane } from '../../servers/control-plane.ts';
import { startExternalSecrets } from '../../servers/external-secrets.ts';
import { createRunFolder, type RunFolder } from '../../servers/run-folders.ts';

// The unmodified External Secrets on a real API server, with the stores of the records, reads from the sandbox's AWS, which
// checks the API server's tokens: so the sandbox's wire forms are judged by the operator's own SDK.

const issuer = 'https://kubernetes.default.svc';
const host = 'kubernetes.default.svc';
const audience = 'sts.amazonaws.com';
const account = '210987654321';
const namespace = 'irsa';

let folder: RunFolder;
let cluster: ControlPlane;
let aws: AwsSandbox;
beforeAll(async () => {
  folder = await createRunFolder();
  cluster = await startControlPlane({ dir: join(folder.dir, 'control-plane') });
  const keysOf = async (asked: string) =>
    asked === issuer ? JSON.parse((await cluster.call({ method: 'GET', path: '/openid/v1/jwks' })).body) : undefined;
  aws = await startAwsSandbox({ seed: 'irsa', account, keysOf });
  const authority = join(folder.dir, 'aws.crt');
  await writeFile(authority, aws.caPem);
  const environment = {
    AWS_SECRETSMANAGER_ENDPOINT: aws.url,
    AWS_STS_ENDPOINT: aws.url,
    SSL_CERT_FILE: authority,
  };
  await startExternalSecrets({ controlPlane: cluster, dir: join(folder.dir, 'external-secrets'), environment });
  await post('/api/v1/namespaces', { metadata: { name: namespace } });
  await strangerAt(aws).createSecret({ Name: 'team/app', SecretString: '{"password":"of the app"}' });
  await iamAt(aws).createOpenIDConnectProvider({ Url: issuer, ClientIDList: [audience] });
}, 120_000);
afterAll(async () => {
  await aws.stop();
  await folder.remove();
});

const post = async (path: string, body: object): Promise<void> => {
  const { status, body: text } = await cluster.call({ method: 'POST', path, body: JSON.stringify(body) });
  if (status >= 300) throw new Error(`POST ${path} answered ${status}: ${text}`);
};

interface Links {
  readonly subject?: string;
  readonly audience?: string;
  readonly role?: string | null;
  readonly secret?: string;
}

const documentOf = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });

/** A policy that lets its bearer read a secret; its ARN. */
const policyFor = async (name: string, secret = 'team/app-??????'): Promise<string> => {
  const Resource = `arn:aws:secretsmanager:${region}:${account}:secret:${secret}`;
  const PolicyDocument = documentOf({ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource });
  const { Policy } = await iamAt(aws).createPolicy({ PolicyName: name, PolicyDocument });
  return Policy?.Arn ?? '';
};

/** Role, rights, service account, store and ExternalSecret of one name, each as it should be unless said otherwise. */
const chain = async (name: string, links: Links = {}): Promise<void> => {
  const iam = iamAt(aws);
  const { subject = `system:serviceaccount:${namespace}:${name}`, role = name } = links;
  const Condition = { StringEquals: { [`${host}:aud`]: links.audience ?? audience, [`${host}:sub`]: subject } };
  const Principal = { Federated: `arn:aws:iam::${account}:oidc-provider/${host}` };
  const trust = { Effect: 'Allow', Principal, Action: 'sts:AssumeRoleWithWebIdentity', Condition };
  await iam.createRole({ RoleName: name, AssumeRolePolicyDocument: documentOf(trust) });
  await iam.attachRolePolicy({ RoleName: name, PolicyArn: await policyFor(name, links.secret) });

  const annotations = role === null ? {} : { 'eks.amazonaws.com/role-arn': `arn:aws:iam::${account}:role/${role}` };
  await post(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name, annotations } });
  await reading(name, { jwt: { serviceAccountRef: { name, namespace } } });
};

/** A user with rights and a key, and a store and an ExternalSecret of its name that read as the user. */
const userChain = async (name: string, secret?: string): Promise<void> => {
  const iam = iamAt(aws);
  await iam.createUser({ UserName: name });
  await iam.attachUserPolicy({ UserName: name, PolicyArn: await policyFor(name, secret) });
  const { AccessKey } = await iam.createAccessKey({ UserName: name });
  const stringData = { id: AccessKey?.AccessKeyId ?? '', secret: AccessKey?.SecretAccessKey ?? '' };
  await post(`/api/v1/namespaces/${namespace}/secrets`, { metadata: { name: `${name}-key` }, stringData });
  const of = (key: string) => ({ name: `${name}-key`, namespace, key });
  await reading(name, { secretRef: { accessKeyIDSecretRef: of('id'), secretAccessKeySecretRef: of('secret') } });
};

/** A store with this login, and an ExternalSecret that reads from it. */
const reading = async (name: string, auth: object): Promise<void> => {
  const apiVersion = 'external-secrets.io/v1';
  await post(`/apis/${apiVersion}/clustersecretstores`, {
    apiVersion,
    kind: 'ClusterSecretStore',
    metadata: { name },
    spec: { provider: { aws: { service: 'SecretsManager', region, auth } } },
  });
  await post(`/apis/${apiVersion}/namespaces/${namespace}/externalsecrets`, {
    apiVersion,
    kind: 'ExternalSecret',
    metadata: { name },
    spec: {
      refreshInterval: '1h0m0s',
      secretStoreRef: { name, kind: 'ClusterSecretStore' },
      data: [{ secretKey: 'password', remoteRef: { key: 'team/app', property: 'password' } }],
    },
  });
};

const secretNamed = async (name: string): Promise<unknown> => {
  const { status, body } = await cluster.call({
    method: 'GET',
    path: `/api/v1/namespaces/${namespace}/secrets/${name}`,
  });
  return status === 404 ? undefined : JSON.parse(body).data;
};

/** What the operator says of the objects of this name. */
const events = async (name: string): Promise<string> => {
  const { body } = await cluster.call({ method: 'GET', path: '/api/v1/events' });
  const { items }: { items: { message: string; involvedObject: { name: string } }[] } = JSON.parse(body);
  return items.flatMap(({ message, involvedObject }) => (involvedObject.name === name ? message : [])).join('\n');
};

const patiently = { timeout: 45_000, interval: 200 };
const notAuthorized = 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity';
const notAllowed = 'is not authorized to perform: secretsmanager:GetSecretValue on resource: team/app';

describe('External Secrets with the access key of a user', () => {
  test('reads what the policies of the user allow', async () => {
    await userChain('user');
    await vi.waitFor(
      async () => expect(await secretNamed('user')).toEqual({ password: Buffer.from('of the app').toString('base64') }),
      patiently,
    );
  });

  test('fails where they do not', async () => {
    await userChain('narrow', 'team/db-??????');
    await vi.waitFor(async () => expect(await events('narrow')).toContain(notAllowed), patiently);
    expect(await secretNamed('narrow')).toBeUndefined();
  });
});

describe('External Secrets with a role of AWS', () => {
  test('reads where every link is right', async () => {
    await chain('right');
    await vi.waitFor(
      async () =>
        expect(await secretNamed('right')).toEqual({ password: Buffer.from('of the app').toString('base64') }),
      patiently,
    );
  });

  test.each<[string, Links, string]>([
    ['subject', { subject: `system:serviceaccount:${namespace}:right` }, notAuthorized],
    ['audience', { audience: 'lab' }, notAuthorized],
    ['role', { role: 'none' }, notAuthorized],
    ['annotation', { role: null }, 'an IAM role must be associated with service account'],
    ['secret', { secret: 'team/db-??????' }, notAllowed],
  ])('fails with a wrong %s', async (name, links, says) => {
    await chain(name, links);
    await vi.waitFor(async () => expect(await events(name)).toContain(says), patiently);
    expect(await secretNamed(name)).toBeUndefined();
  });

  test('fails where the issuer has a slash too many', async () => {
    const iam = iamAt(aws);
    const arn = `arn:aws:iam::${account}:oidc-provider/${host}`;
    await iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn: arn });
    await iam.createOpenIDConnectProvider({ Url: `${issuer}/`, ClientIDList: [audience] });
    await chain('slash');
    const says = `InvalidIdentityToken: No OpenIDConnect provider found in your account for ${issuer}`;
    await vi.waitFor(async () => expect(await events('slash')).toContain(says), patiently);
    expect(await secretNamed('slash')).toBeUndefined();
  });
});
