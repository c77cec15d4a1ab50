import { createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';
import { entryOf, type IamContent, type StoredRole } from './content.ts';
import { conditionsHold, statementsOf } from './policy.ts';
import { AwsRefusal } from './refusal.ts';

/** The keys of an issuer (RFC 7517). */
export interface KeySet {
  readonly keys: readonly { readonly kid: string; readonly kty: string; readonly n: string; readonly e: string }[];
}

/** The keys that an issuer publishes; undefined if it cannot be reached. */
export type KeysOf = (issuer: string) => Promise<KeySet | undefined>;

const claimsSchema = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat()),
  exp: z.number(),
});
const headSchema = z.object({ alg: z.string(), kid: z.string().optional() });

/** What a token that was verified says. */
export type Claims = z.output<typeof claimsSchema>;

const invalid = (message: string): AwsRefusal => new AwsRefusal('InvalidIdentityToken', message);

/** Checks a token as STS does before it looks at any role: issuer, time, signature, audience. Throws AwsRefusal. */
export const verifyToken = async (
  token: string,
  account: { iam: IamContent; arn: string },
  keysOf: KeysOf,
): Promise<Claims> => {
  const [head = '', body = '', signature = ''] = token.split('.');
  const { alg, kid } = decode(head, headSchema);
  const claims = decode(body, claimsSchema);
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
  const key = (await keysOf(iss))?.keys.find((one) => one.kid === kid);
  if (key === undefined) {
    throw invalid(
      "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    );
  }
  const { kty, n, e } = key;
  const publicKey = createPublicKey({ key: { kty, n, e }, format: 'jwk' });
  const isSigned =
    alg === 'RS256' && verify('sha256', Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, 'base64url'));
  if (!isSigned) throw invalid('The ID Token provided is not a valid JWT. (signature)');
  if (!aud.some((audience) => provider.audiences.includes(audience))) throw invalid('Incorrect token audience');
  return claims;
};

const seconds = (): number => Math.floor(Date.now() / 1000);

const decode = <T>(part: string, schema: z.ZodType<T>): T => {
  try {
    return schema.parse(JSON.parse(Buffer.from(part, 'base64url').toString()));
  } catch {
    throw invalid('The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)');
  }
};

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
