import { STS } from '@aws-sdk/client-sts';
import { expect, onTestFinished, test } from 'vitest';
import { startAwsSandbox } from '../../../src/sandbox/aws/start.ts';
import { startKubernetes } from '../../../src/sandbox/kubernetes/start.ts';
import { iamAt, region, strangerAt } from '../../providers/aws/server.ts';
import { audience, startChain } from './chain.ts';

const arn = 'arn:aws:iam::210987654321:role/eso';

/** STS as somebody without credentials of AWS. */
const stsAt = ({ url, caPem }: { url: string; caPem: string }): STS =>
  new STS({ region, endpoint: url, requestHandler: { httpsAgent: { ca: caPem } } });

test('a token of another cluster is refused, though it says the same', async () => {
  const { aws } = await startChain();
  const other = await startKubernetes();
  onTestFinished(() => other.stop());
  other.objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'eso' } }, 'test');
  other.objects.create(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader', namespace: 'eso' } },
    'test',
  );
  const WebIdentityToken = other.requestToken({ namespace: 'eso', name: 'reader' }, [audience]);
  const asked = { RoleArn: arn, RoleSessionName: 'test', WebIdentityToken };
  await expect(stsAt(aws).assumeRoleWithWebIdentity(asked)).rejects.toMatchObject({
    name: 'InvalidIdentityTokenException',
    message: expect.stringContaining("Couldn't retrieve verification key from your identity provider"),
  });
});

test('a token that somebody changed is refused, and what is no token', async () => {
  const { aws, kubernetes } = await startChain();
  const token = kubernetes.requestToken({ namespace: 'eso', name: 'reader' }, [audience]) ?? '';
  const [head = '', body = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
  const forged = Buffer.from(JSON.stringify({ ...claims, jti: 'forged' })).toString('base64url');
  for (const WebIdentityToken of [`${head}.${forged}.${signature}`, 'no token', '']) {
    const asked = { RoleArn: arn, RoleSessionName: 'test', WebIdentityToken };
    await expect(stsAt(aws).assumeRoleWithWebIdentity(asked)).rejects.toMatchObject({
      name: 'InvalidIdentityTokenException',
      $metadata: { httpStatusCode: 400 },
    });
  }
});

test('a role may do in IAM and in Secrets Manager only what its policies say', async () => {
  const { aws, kubernetes } = await startChain();
  const WebIdentityToken = kubernetes.requestToken({ namespace: 'eso', name: 'reader' }, [audience]);
  const asked = { RoleArn: arn, RoleSessionName: 'test', WebIdentityToken };
  const { Credentials } = await stsAt(aws).assumeRoleWithWebIdentity(asked);
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  const settings = { region, endpoint: aws.url, credentials, requestHandler: { httpsAgent: { ca: aws.caPem } } };
  const [{ SecretsManager }, { IAM }] = await Promise.all([
    import('@aws-sdk/client-secrets-manager'),
    import('@aws-sdk/client-iam'),
  ]);
  const secrets = new SecretsManager(settings);
  expect((await secrets.getSecretValue({ SecretId: 'team/app' })).SecretString).toContain('of the app');
  await expect(secrets.describeSecret({ SecretId: 'team/app' })).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  await expect(secrets.getSecretValue({ SecretId: 'team/none' })).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  await expect(secrets.createSecret({ Name: 'a' })).rejects.toMatchObject({ name: 'AccessDeniedException' });
  await expect(new IAM(settings).listRoles({})).rejects.toMatchObject({ name: 'AccessDenied' });
  expect(await new STS(settings).getCallerIdentity({})).toMatchObject({
    Arn: 'arn:aws:sts::210987654321:assumed-role/eso/test',
    Account: '210987654321',
  });
  const wrong = new SecretsManager({
    ...settings,
    credentials: { ...credentials, sessionToken: 'of another session' },
  });
  await expect(wrong.getSecretValue({ SecretId: 'team/app' })).rejects.toMatchObject({
    name: 'UnrecognizedClientException',
  });
});

test('a policy that is detached, or has another version in force, counts from then on', async () => {
  const { aws, kubernetes } = await startChain();
  const WebIdentityToken = kubernetes.requestToken({ namespace: 'eso', name: 'reader' }, [audience]);
  const asked = { RoleArn: arn, RoleSessionName: 'test', WebIdentityToken };
  const { Credentials } = await stsAt(aws).assumeRoleWithWebIdentity(asked);
  const session = strangerAt({ ...aws, accessKey: { id: '', secret: '' } });
  session.config.credentials = async () => ({
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  });
  const read = () => session.getSecretValue({ SecretId: 'team/app' });
  const PolicyArn = 'arn:aws:iam::210987654321:policy/eso';
  const denying = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' },
      { Effect: 'Deny', Action: 'secretsmanager:Get*', Resource: '*team/app*' },
    ],
  };
  await iamAt(aws).createPolicyVersion({ PolicyArn, PolicyDocument: JSON.stringify(denying), SetAsDefault: true });
  await expect(read()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  await iamAt(aws).deletePolicyVersion({ PolicyArn, VersionId: 'v1' });
  const all = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' } };
  await iamAt(aws).createPolicyVersion({ PolicyArn, PolicyDocument: JSON.stringify(all), SetAsDefault: true });
  expect((await read()).Name).toBe('team/app');
  await iamAt(aws).detachRolePolicy({ RoleName: 'eso', PolicyArn });
  await expect(read()).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

test('EKS describes the clusters that it knows', async () => {
  const cluster = { endpoint: 'https://127.0.0.1:1', caPem: 'a certificate', issuer: 'https://oidc.example.com/id/A' };
  const aws = await startAwsSandbox({ seed: 'eks', clusters: { lab: cluster } });
  onTestFinished(() => aws.stop());
  const { Agent, fetch } = await import('undici');
  const dispatcher = new Agent({ connect: { ca: aws.caPem } });
  onTestFinished(() => dispatcher.close());
  const authorization = `AWS4-HMAC-SHA256 Credential=${aws.accessKey.id}/20260101/${region}/eks/aws4_request, SignedHeaders=host, Signature=x`;
  const get = (name: string) => fetch(`${aws.url}/clusters/${name}`, { dispatcher, headers: { authorization } });
  expect(await (await get('lab')).json()).toMatchObject({
    cluster: {
      name: 'lab',
      arn: `arn:aws:eks:${region}:000000000000:cluster/lab`,
      endpoint: cluster.endpoint,
      identity: { oidc: { issuer: cluster.issuer } },
      certificateAuthority: { data: Buffer.from('a certificate').toString('base64') },
    },
  });
  const none = await get('none');
  expect(none.status).toBe(404);
  expect(none.headers.get('x-amzn-errortype')).toBe('ResourceNotFoundException');
});
