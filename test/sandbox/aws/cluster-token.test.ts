import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { presigned } from '../../../src/providers/aws/presign.ts';
import { type AwsSandbox, startAwsSandbox } from '../../../src/sandbox/aws/start.ts';

// lab's own signer, which presign.test.ts holds against the one of AWS.

const start = async (): Promise<AwsSandbox> => {
  const cluster = { endpoint: 'https://127.0.0.1:6443', caPem: '', issuer: 'https://kubernetes.default.svc' };
  const sandbox = await startAwsSandbox({ seed: 'cluster-token', clusters: { prod: cluster } });
  onTestFinished(() => sandbox.stop());
  return sandbox;
};

interface Question {
  readonly id: string;
  readonly secret: string;
  readonly cluster: string;
  readonly host: string;
  readonly action: string;
  readonly now: Date;
}

const tokenOf = (sandbox: AwsSandbox, change: Partial<Question> = {}): string => {
  const { accessKey, url: own } = sandbox;
  const asked: Question = {
    ...accessKey,
    cluster: 'prod',
    host: new URL(own).host,
    action: 'GetCallerIdentity',
    now: new Date(),
    ...change,
  };
  const url = new URL(`https://${asked.host}/?Action=${asked.action}&Version=2011-06-15`);
  const headers = { 'x-k8s-aws-id': asked.cluster };
  const given = { url, region: 'eu-west-1', service: 'sts', headers, seconds: 60, now: asked.now };
  const text = presigned(given, { accessKeyId: asked.id, secretAccessKey: asked.secret });
  return `k8s-aws-v1.${Buffer.from(text).toString('base64url')}`;
};

describe('a cluster of EKS', () => {
  test.each<[string, Partial<Question>]>([
    ['for its own STS', {}],
    ['for the STS of a region', { host: 'sts.eu-west-1.amazonaws.com' }],
    ['some minutes old', { now: new Date(Date.now() - 10 * 60_000) }],
  ])('lets in who has signed a question %s', async (_, change) => {
    const sandbox = await start();
    expect(sandbox.clusterUser(tokenOf(sandbox, change))).toBe('arn:aws:iam::000000000000:user/sandbox');
  });

  test.each<[string, Partial<Question>]>([
    ['with another key', { secret: 'another' }],
    ["in somebody else's name", { id: 'AKIAANOTHER' }],
    ['for another cluster', { cluster: 'staging' }],
    ['for another server', { host: 'sts.example.com' }],
    ['for another call', { action: 'GetSessionToken' }],
    ['too long ago', { now: new Date(Date.now() - 16 * 60_000) }],
  ])('lets nobody in who has signed %s', async (_, change) => {
    const sandbox = await start();
    expect(sandbox.clusterUser(tokenOf(sandbox, change))).toBeUndefined();
  });

  test('lets nobody in with a question that was changed, or that is none', async () => {
    const sandbox = await start();
    const text = Buffer.from(tokenOf(sandbox).slice('k8s-aws-v1.'.length), 'base64url').toString();
    const again = (changed: string) => `k8s-aws-v1.${Buffer.from(changed).toString('base64url')}`;
    expect(sandbox.clusterUser(again(text))).toBeDefined();
    for (const changed of [`${text}0`, `${text}&More=1`, text.replace('2011-06-15', '2011-06-16'), 'none', '']) {
      expect(sandbox.clusterUser(again(changed))).toBeUndefined();
    }
    expect(sandbox.clusterUser('a token')).toBeUndefined();
  });

  test('lets a token in no longer once it is old', async () => {
    const sandbox = await start();
    const token = tokenOf(sandbox);
    vi.useFakeTimers({ now: Date.now() + 20 * 60_000, toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    expect(sandbox.clusterUser(token)).toBeUndefined();
  });
});
