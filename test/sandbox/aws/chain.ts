import { onTestFinished } from 'vitest';
import type { QuirkOptions } from '../../../src/sandbox/aws/quirks.ts';
import { type AwsSandbox, startAwsSandbox } from '../../../src/sandbox/aws/start.ts';
import { awsSecretsManager } from '../../../src/sandbox/external-secrets/readers/aws.ts';
import { startExternalSecretsSandbox } from '../../../src/sandbox/external-secrets/start.ts';
import { clusterKeys } from '../../../src/sandbox/issuer-keys.ts';
import { textOf } from '../../../src/sandbox/kubernetes/json.ts';
import { startKubernetes } from '../../../src/sandbox/kubernetes/start.ts';
import { iamAt, region, strangerAt } from '../../providers/aws/server.ts';

export const audience = 'sts.amazonaws.com';
export const issuer = 'https://kubernetes.default.svc';
const account = '210987654321';
const host = issuer.replace('https://', '');

/** Every link of the chain from a service account to a secret, each as it should be unless said otherwise. */
export interface Links {
  readonly issuer?: string;
  /** Of the OIDC provider. */
  readonly audiences?: readonly string[];
  /** Of the trust policy. */
  readonly audience?: string;
  readonly subject?: string;
  /** The role that the annotation names; null: no annotation. */
  readonly role?: string | null;
  /** The resource of the policy. */
  readonly secret?: string;
  readonly attached?: boolean;
}

/** A cluster with External Secrets, an AWS, and the chain between them. */
export const startChain = async (links: Links = {}, quirks: QuirkOptions = {}) => {
  const kubernetes = await startKubernetes();
  const aws: AwsSandbox = await startAwsSandbox({
    seed: 'chain',
    account,
    quirks,
    keysOf: (given) => clusterKeys(kubernetes, given),
  });
  const operator = startExternalSecretsSandbox({
    kubernetes,
    readers: { aws: awsSecretsManager({ ...aws, readSecret: () => undefined }) },
    backoff: { first: 5, most: 20 },
  });
  onTestFinished(async () => {
    await operator.stop();
    await aws.stop();
    await kubernetes.stop();
  });
  await makeIdentity(aws, links);
  await strangerAt(aws).createSecret({ Name: 'team/app', SecretString: '{"password":"of the app"}' });

  const { objects } = kubernetes;
  const create = (
    apiVersion: string,
    kind: string,
    metadata: { name: string; namespace?: string },
    more: object = {},
  ) => objects.create({ apiVersion, kind, metadata, ...more }, 'test');
  create('v1', 'Namespace', { name: 'eso' });
  const { role = 'eso' } = links;
  const annotations = role === null ? {} : { 'eks.amazonaws.com/role-arn': `arn:aws:iam::${account}:role/${role}` };
  objects.create(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader', namespace: 'eso', annotations } },
    'test',
  );
  const auth = { jwt: { serviceAccountRef: { name: 'reader', namespace: 'eso' } } };
  create(
    'external-secrets.io/v1',
    'ClusterSecretStore',
    { name: 'store' },
    {
      spec: { provider: { aws: { service: 'SecretsManager', region, auth } } },
    },
  );
  create(
    'external-secrets.io/v1',
    'ExternalSecret',
    { name: 'app', namespace: 'eso' },
    {
      spec: {
        secretStoreRef: { name: 'store', kind: 'ClusterSecretStore' },
        refreshInterval: '1h0m0s',
        data: [{ secretKey: 'password', remoteRef: { key: 'team/app', property: 'password' } }],
      },
    },
  );

  const found = (kind: string, name: string, group = 'external-secrets.io') =>
    objects.get({ group, kind, name, ...(kind === 'ClusterSecretStore' ? {} : { namespace: 'eso' }) });
  return {
    aws,
    kubernetes,
    /** The Secret's data, or undefined. */
    synced: () => found('Secret', 'app', '')?.['data'],
    /** What the operator's events say. */
    events: () =>
      objects.list({ group: '', kind: 'Event', namespace: '' }).map((event) => textOf(event['message']) ?? ''),
  };
};

const makeIdentity = async (aws: AwsSandbox, links: Links): Promise<void> => {
  const iam = iamAt(aws);
  const { subject = 'system:serviceaccount:eso:reader', attached = true } = links;
  await iam.createOpenIDConnectProvider({
    Url: links.issuer ?? issuer,
    ClientIDList: [...(links.audiences ?? [audience])],
  });
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${host}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${host}:aud`]: links.audience ?? audience, [`${host}:sub`]: subject } },
      },
    ],
  };
  await iam.createRole({ RoleName: 'eso', AssumeRolePolicyDocument: JSON.stringify(trust) });
  const secret = links.secret ?? 'team/app-??????';
  const Resource = `arn:aws:secretsmanager:${region}:${account}:secret:${secret}`;
  const document = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource },
  };
  const { Policy } = await iam.createPolicy({ PolicyName: 'eso', PolicyDocument: JSON.stringify(document) });
  if (attached) await iam.attachRolePolicy({ RoleName: 'eso', PolicyArn: Policy?.Arn ?? '' });
};
