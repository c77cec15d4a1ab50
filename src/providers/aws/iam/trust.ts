import { address } from '../../../engine/address.ts';
import type { TrustLink } from '../../../engine/link.ts';
import { type Fields, isFields, isList } from '../../../engine/value.ts';
import type { Identity } from '../identity.ts';
import { issuerHost, oidcProviderArn } from './arn.ts';
import { canonicalPolicy } from './policy-document.ts';

/** Which service accounts of a cluster may take a role on. */
export interface Trust {
  /** The `iss` of the cluster's tokens, to the last slash. */
  readonly issuer: string;
  readonly audience: string;
  /** `NAMESPACE/NAME`, sorted. */
  readonly serviceAccounts: readonly string[];
}

const subjectOf = (account: string): string => `system:serviceaccount:${account.replace('/', ':')}`;

/** The trust policy that says so. Source: "Assign IAM roles to Kubernetes service accounts" in the EKS user guide. */
export const trustPolicy = (identity: Identity, { issuer, audience, serviceAccounts }: Trust): Fields => {
  const host = issuerHost(issuer);
  return canonicalPolicy({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: oidcProviderArn(identity, issuer) },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${host}:aud`]: audience, [`${host}:sub`]: serviceAccounts.map(subjectOf) } },
    },
  });
};

/** What a canonical trust policy says of service accounts; undefined if it says anything else, or more. */
export const trustIn = (identity: Identity, policy: Fields): Trust | undefined => {
  const statement = isList(policy['Statement']) ? policy['Statement'][0] : undefined;
  const condition = isFields(statement) ? statement['Condition'] : undefined;
  const equals = isFields(condition) ? condition['StringEquals'] : undefined;
  const tests = isFields(equals) ? equals : {};
  const host = Object.keys(tests)
    .find((key) => key.endsWith(':aud'))
    ?.slice(0, -':aud'.length);
  if (host === undefined) return undefined;
  const [audience = ''] = textsIn(tests[`${host}:aud`]);
  const serviceAccounts = textsIn(tests[`${host}:sub`]).map((subject) =>
    subject.replace(/^system:serviceaccount:/, '').replace(':', '/'),
  );
  const trust = { issuer: `https://${host}`, audience, serviceAccounts };
  return JSON.stringify(trustPolicy(identity, trust)) === JSON.stringify(policy) ? trust : undefined;
};

/** Whose tokens a role takes, as the manifest has it. */
export const roleLink = (name: string, spec: Fields): TrustLink => {
  const policy = isFields(spec['trustPolicy']) ? spec['trustPolicy'] : undefined;
  const { issuer, audience, serviceAccounts } = isFields(spec['trust']) ? spec['trust'] : trustSaid(policy);
  return {
    is: 'trust',
    taker: { address: address('aws.iam-role', name), output: 'arn' },
    isTaker: (text) => /^arn:[^:]+:iam::\d+:role\/(?:.*\/)?([^/]+)$/.exec(text)?.[1] === name,
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
    ...(isList(serviceAccounts) ? { subjects: textsIn(serviceAccounts).map(subjectOf) } : {}),
    asked: askedAudience,
  };
};

/** What a policy says of service accounts, whatever account it is written for. */
const trustSaid = (policy: Fields | undefined): Fields => {
  const [, partition = '', account = ''] =
    /"arn:([^:"]+):iam::(\d+):oidc-provider\//.exec(JSON.stringify(policy) ?? '') ?? [];
  const trust = policy && trustIn({ partition, account, arn: '' }, canonicalPolicy(policy));
  return trust === undefined ? {} : { ...trust };
};

/** What External Secrets asks the cluster for unless the service account says otherwise. Source: its AWS provider. */
export const askedAudience = (annotations: Fields): string => {
  const said = annotations['eks.amazonaws.com/audience'];
  return typeof said === 'string' ? said : 'sts.amazonaws.com';
};

const textsIn = (value: Fields[string] | undefined): string[] => (isList(value) ? value.map(String) : []);
