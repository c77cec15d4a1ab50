import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type AwsSandbox, type AwsSandboxOptions, startAwsSandbox } from '../../../src/sandbox/aws/start.ts';

const start = async (options: Partial<AwsSandboxOptions> = {}): Promise<AwsSandbox> => {
  const sandbox = await startAwsSandbox({ seed: 'start', ...options });
  onTestFinished(() => sandbox.stop());
  return sandbox;
};
const clientOf = (
  { url, caPem, accessKey }: AwsSandbox,
  { region = 'eu-west-1', id = accessKey.id }: { region?: string; id?: string } = {},
) =>
  new SecretsManager({
    region,
    endpoint: url,
    credentials: { accessKeyId: id, secretAccessKey: accessKey.secret },
    requestHandler: { httpsAgent: { ca: caPem } },
  });

describe('the sandbox of AWS', () => {
  test('lets in nobody but its own access key, which is the same for the same seed', async () => {
    const [one, other] = [await start(), await start({ seed: 'other' })];
    expect((await start()).accessKey).toEqual(one.accessKey);
    expect(other.accessKey).not.toEqual(one.accessKey);
    await expect(clientOf(one, { id: other.accessKey.id }).listSecrets({})).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      $metadata: { httpStatusCode: 400 },
    });
    const sts = await fetchText(one, 'Action=GetCallerIdentity&Version=2011-06-15');
    expect(sts).toContain('<Code>MissingAuthenticationToken</Code>');
  });

  test('keeps regions apart, and gives each secret an ARN with six characters of its own', async () => {
    const sandbox = await start({ account: '210987654321' });
    const [here, there] = [clientOf(sandbox), clientOf(sandbox, { region: 'us-east-1' })];
    const [a, b] = await Promise.all(
      [here, there].map((api, index) => api.createSecret({ Name: 'a/b', SecretString: `value ${index}` })),
    );
    expect(a?.ARN).toMatch(/^arn:aws:secretsmanager:eu-west-1:210987654321:secret:a\/b-[A-Za-z0-9]{6}$/);
    expect(b?.ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:210987654321:secret:a\/b-[A-Za-z0-9]{6}$/);
    expect(sandbox.readSecret('us-east-1', 'a/b')).toBe('value 1');
    expect((await here.getSecretValue({ SecretId: a?.ARN })).SecretString).toBe('value 0');
  });

  test('lists page by page, and what is scheduled for deletion only if asked', async () => {
    const api = clientOf(await start());
    for (const name of ['a', 'b', 'c', 'd']) await api.createSecret({ Name: name, SecretString: name });
    await api.deleteSecret({ SecretId: 'b' });
    const first = await api.listSecrets({ MaxResults: 2 });
    const second = await api.listSecrets({ MaxResults: 2, NextToken: first.NextToken });
    const names = [first, second].flatMap(({ SecretList = [] }) => SecretList.map(({ Name }) => Name));
    expect(names).toEqual(['a', 'c', 'd']);
    expect(second.NextToken).toBeUndefined();
    const all = await api.listSecrets({ IncludePlannedDeletion: true });
    expect(all.SecretList).toHaveLength(4);
  });

  test('gives versions by id and by label, and none of a secret that is scheduled for deletion', async () => {
    const sandbox = await start();
    const api = clientOf(sandbox);
    const { VersionId: id = '' } = await api.createSecret({ Name: 'a', SecretString: 'one' });
    await api.putSecretValue({ SecretId: 'a', SecretString: 'two' });
    expect(sandbox.readSecret('eu-west-1', 'a')).toBe('two');
    expect(sandbox.readSecret('eu-west-1', 'a', { id })).toBe('one');
    expect(sandbox.readSecret('eu-west-1', 'a', { stage: 'AWSPREVIOUS' })).toBe('one');
    expect(sandbox.readSecret('eu-west-1', 'none')).toBeUndefined();
    await api.deleteSecret({ SecretId: 'a' });
    expect(sandbox.readSecret('eu-west-1', 'a')).toBeUndefined();
  });

  test('has its content again after a stop, when it has a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aws-sandbox-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'aws.json');
    const before = await startAwsSandbox({ seed: 'start', file });
    await clientOf(before).createSecret({ Name: 'a', SecretString: 'kept' });
    await before.stop();
    expect((await start({ file })).readSecret('eu-west-1', 'a')).toBe('kept');
  });
});

/** A call without a signature. */
const fetchText = async ({ url, caPem }: AwsSandbox, body: string): Promise<string> => {
  const { Agent, fetch } = await import('undici');
  const dispatcher = new Agent({ connect: { ca: caPem } });
  const response = await fetch(url, { method: 'POST', body, dispatcher });
  const text = await response.text();
  await dispatcher.close();
  return text;
};
