import type { Identity } from '../identity.ts';

type Account = Pick<Identity, 'partition' | 'account'>;

/** An issuer as IAM has it in ARNs and condition keys: without https://. */
export const issuerHost = (issuer: string): string => issuer.replace(/^https:\/\//, '');

/** The ARN of the OIDC provider for an issuer. */
export const oidcProviderArn = ({ partition, account }: Account, issuer: string): string =>
  `arn:${partition}:iam::${account}:oidc-provider/${issuerHost(issuer)}`;

/** The ARN of a policy: of the account's own by its name, any other by its ARN. */
export const policyArn = ({ partition, account }: Account, name: string): string =>
  name.startsWith('arn:') ? name : `arn:${partition}:iam::${account}:policy/${name}`;

/** What names a secret in policies. IAM adds six random characters to a secret's name in its ARN. */
export const secretArn = ({ partition, account }: Account, region: string, pattern: string): string =>
  `arn:${partition}:secretsmanager:${region}:${account}:secret:${pattern}`;
