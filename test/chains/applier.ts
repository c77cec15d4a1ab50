import type { Right } from '../../src/engine/resource.ts';
import { permissionPolicy } from '../../src/providers/aws/permission-policy.ts';
import { type AwsServer, iamAt } from '../providers/aws/server.ts';
import { account } from './bench.ts';

/** The access key of a user of the sandbox's IAM who may do this and nothing else. */
export const applierWith = async (box: AwsServer, allowed: readonly Right[]): Promise<AwsServer['accessKey']> => {
  const iam = iamAt(box);
  const document = JSON.stringify(permissionPolicy(allowed, { partition: 'aws', account }));
  await iam.createUser({ UserName: 'applier' });
  const { Policy } = await iam.createPolicy({ PolicyName: 'applier', PolicyDocument: document });
  await iam.attachUserPolicy({ UserName: 'applier', PolicyArn: Policy?.Arn ?? '' });
  const { AccessKey: key } = await iam.createAccessKey({ UserName: 'applier' });
  return { id: key?.AccessKeyId ?? '', secret: key?.SecretAccessKey ?? '' };
};
