import { type Claims, type KeysOf, readToken } from '../signed-token.ts';
import { entryOf, type IamContent, type StoredRole } from './content.ts';
import { conditionsHold, statementsOf } from './policy.ts';
import { AwsRefusal } from './refusal.ts';

const invalid = (message: string): AwsRefusal => new AwsRefusal('InvalidIdentityToken', message);

/** Checks a token as STS does before it looks at any role: issuer, time, signature, audience. Throws AwsRefusal. */
export const verifyToken = async (
  token: string,
  account: { iam: IamContent; arn: string },
  keysOf: KeysOf,
): Promise<Claims> => {
  const read = readToken(token);
  if (read === undefined) {
    throw invalid('The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)');
  }
  const { claims } = read;
  const { iss, aud, exp } = claims;
  const provider = entryOf(account.iam.providers, providerArn(account.arn, iss));
  if (provider === undefined) throw invalid(`No OpenIDConnect provider found in your account for ${iss}`);
  const now = seconds();
  if (exp <= now) {
    throw new AwsRefusal(
      'ExpiredTokenException',
      `Token expired: current date/time ${now} must be before the expiration date/time ${exp}`,
    );
  }
  const keys = await keysOf(iss);
  const isSigned = keys && read.isSignedBy(keys);
  if (isSigned === undefined) {
    throw invalid(
      "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    );
  }
  if (!isSigned) throw invalid('The ID Token provided is not a valid JWT. (signature)');
  if (!aud.some((audience) => provider.audiences.includes(audience))) throw invalid('Incorrect token audience');
  return claims;
};

const seconds = (): number => Math.floor(Date.now() / 1000);

/** The account's own provider of an issuer; `arn` is any ARN of the account. */
const providerArn = (arn: string, issuer: string): string =>
  `${arn.split(':').slice(0, 5).join(':')}:oidc-provider/${issuer.replace(/^https:\/\//, '')}`;

/** Whether a role lets in who brings these claims. */
export const trustsClaims = (role: StoredRole, { iss, sub, aud }: Claims): boolean => {
  const host = iss.replace(/^https:\/\//, '');
  const values = { [`${host}:sub`]: [sub], [`${host}:aud`]: aud };
  const fits = statementsOf(role.trust, 'Principal').filter(({ Action, Principal }) => {
    const federated = Principal === undefined || Principal === '*' ? [] : (Principal['Federated'] ?? []);
    return Action.includes('sts:AssumeRoleWithWebIdentity') && federated.includes(providerArn(role.arn, iss));
  });
  const holding = fits.filter((statement) => conditionsHold(statement, values));
  return holding.some(({ Effect }) => Effect === 'Allow') && !holding.some(({ Effect }) => Effect === 'Deny');
};
