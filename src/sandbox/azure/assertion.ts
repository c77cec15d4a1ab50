import { type Claims, type KeysOf, readToken } from '../signed-token.ts';
import type { StoredCredential, StoredIdentity } from './arm/content.ts';
import type { Quirks } from './quirks.ts';

/** Why a login was refused: the number in `AADSTS…`, and the words after it. */
export interface LoginFault {
  readonly code: number;
  readonly text: string;
}

const checks =
  'Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation';

/**
 * Whether an identity takes a token of a cluster, as Entra looks at it: the credential of this issuer, subject and audience,
 * then the signature by the issuer's keys. Codes: "Microsoft Entra authentication and authorization error codes".
 */
export const assertionFault = async (
  identity: StoredIdentity,
  assertion: string,
  { keysOf, quirks }: { keysOf: KeysOf; quirks: Quirks },
): Promise<LoginFault | undefined> => {
  const token = readToken(assertion);
  if (token === undefined) return { code: 50027, text: 'JWT token is invalid or malformed.' };
  const { claims } = token;
  if (claims.exp * 1000 <= Date.now()) {
    return { code: 700024, text: 'Client assertion is not within its valid time range.' };
  }
  const known = Object.values(identity.credentials).filter(({ name }) =>
    quirks.knows('credential', credentialKey(identity, name)),
  );
  const fault = mismatch(known, claims);
  if (fault !== undefined) return fault;
  const keys = await keysOf(claims.iss);
  if (keys === undefined) return { code: 50166, text: `Request to External OIDC endpoint failed: ${claims.iss}` };
  if (token.isSignedBy(keys) === true) return undefined;
  return { code: 700027, text: 'Client assertion failed signature validation.' };
};

/** What a credential of an identity is called for quirks. */
export const credentialKey = ({ group, name }: Pick<StoredIdentity, 'group' | 'name'>, credential: string): string =>
  [group, name, credential].join('/');

const mismatch = (known: readonly StoredCredential[], { iss, sub, aud }: Claims): LoginFault | undefined => {
  const audience = aud.join(', ');
  if (known.length === 0) {
    const parts = `Assertion Issuer: '${iss}'. Assertion Subject: '${sub}'. Assertion Audience: '${audience}'.`;
    return { code: 70021, text: `No matching federated identity record found for presented assertion. ${parts}` };
  }
  const sameIssuer = known.filter(({ issuer }) => issuer === iss);
  if (sameIssuer.length === 0) return { code: 700211, text: noMatch('issuer', iss) };
  const sameSubject = sameIssuer.filter(({ subject }) => subject === sub);
  if (sameSubject.length === 0) return { code: 700213, text: noMatch('subject', sub) };
  const isMeant = sameSubject.some(({ audiences }) => audiences.some((one) => aud.includes(one)));
  return isMeant ? undefined : { code: 700212, text: noMatch('audience', audience) };
};

const noMatch = (what: string, value: string): string =>
  `No matching federated identity record found for presented assertion ${what} '${value}'. ${checks}`;
