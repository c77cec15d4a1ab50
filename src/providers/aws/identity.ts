import { LabError } from '../../errors.ts';
import type { AwsConfig } from './config.ts';

/** Who lab is, as AWS sees it. */
export interface Identity {
  /** `aws`, `aws-cn`, `aws-us-gov` */
  readonly partition: string;
  /** 12 digits. */
  readonly account: string;
  readonly arn: string;
}

/** The answer of GetCallerIdentity. Throws UNREACHABLE on one that no AWS gives, GUARD where the account is another one. */
export const toIdentity = (
  answer: { readonly Account?: string | undefined; readonly Arn?: string | undefined },
  { account: expected }: AwsConfig,
): Identity => {
  const { Account: account, Arn: arn } = answer;
  const [prefix, partition] = arn?.split(':') ?? [];
  if (account === undefined || arn === undefined || prefix !== 'arn' || partition === undefined) {
    throw new LabError('UNREACHABLE', 'GetCallerIdentity answered neither account nor ARN, as no AWS does');
  }
  if (expected !== undefined && account !== expected) {
    throw new LabError('GUARD', `The manifest is for AWS account ${expected}, and the credentials are of ${account}`, {
      next: `Use credentials of ${expected} (AWS_PROFILE, access key), or correct the account in the manifest.`,
    });
  }
  return { partition, account, arn };
};

/** What stands before every identity: accounts of different partitions never meet. */
export const scopeOf = ({ partition, account }: Identity): string => `${partition}:${account}`;

/** For the plan's head, with every address that is not AWS's own. */
export const describeIdentity = ({ account, arn }: Identity, { endpoints = {} }: AwsConfig): string => {
  const other = [...new Set(Object.values(endpoints))];
  return `aws ${account} as ${arn}${other.length === 0 ? '' : `, at ${other.join(' and ')}`}`;
};
