import { afterAll, beforeAll } from 'vitest';
import { type AwsSandbox, startAwsSandbox } from '../../../src/sandbox/aws/start.ts';
import { describeContract } from '../../providers/aws/contract-cases.ts';
import { describeEks } from '../../providers/aws/eks-cases.ts';
import { describeWithEngine } from '../../providers/aws/engine-cases.ts';
import { describeIamContract } from '../../providers/aws/iam-contract-cases.ts';
import { describeWriting } from '../../providers/aws/writing-cases.ts';

let sandbox: AwsSandbox;
beforeAll(async () => {
  const prod = { endpoint: 'https://prod.eks.example', caPem: 'a certificate', issuer: 'https://oidc.example/id/1' };
  sandbox = await startAwsSandbox({ seed: 'contract', clusters: { prod } });
});
afterAll(() => sandbox.stop());

describeEks(() => sandbox);
describeContract(() => sandbox);
describeWriting(() => sandbox);
describeWithEngine(() => sandbox);
describeIamContract(() => sandbox, { changesAudiences: true });
