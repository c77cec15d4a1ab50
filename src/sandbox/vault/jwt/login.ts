import { createPublicKey, verify } from 'node:crypto';
import { admitted } from '../auth/admitted.ts';
import type { Call } from '../endpoint.ts';
import { isMap } from '../fields.ts';
import { type Result, refused } from '../result.ts';
import type { JwtConfig, JwtRole } from './content.ts';
import { methodOf, roleOf } from './store.ts';

/** The fields of a login. */
export const jwtLoginFields = { role: 'string', jwt: 'string' } as const;

/** `POST login`: the token is verified with the keys of the configuration, then its claims are held against the role. */
export const jwtLogin = (
  call: Pick<Call, 'vault' | 'mount'>,
  { role: named = '', jwt = '' }: { readonly role?: string; readonly jwt?: string },
): Result => {
  const { config } = methodOf(call);
  if (config === undefined) return refused(400, 'could not load configuration');
  const roleName = named === '' ? config.defaultRole : named;
  if (roleName === '') return refused(400, 'missing role');
  const role = roleOf(call, roleName);
  if (role === undefined) return refused(400, `role "${roleName}" could not be found`);
  if (jwt === '') return refused(400, 'missing token');
  const verified = verifiedClaims(jwt, config);
  if (typeof verified === 'string') return refused(400, `error validating token: ${verified}`);
  const complaint = complaintAbout(verified, config, role);
  if (complaint !== undefined) return refused(400, complaint);
  const user = String(verified[role.userClaim]);
  const mapped = Object.entries(role.claimMappings ?? {}).map(
    ([claim, key]) => [key, String(verified[claim])] as const,
  );
  return admitted(call, role, {
    displayName: user,
    alias: user,
    meta: { ...Object.fromEntries(mapped), role: roleName },
  });
};

type Claims = Readonly<Record<string, unknown>>;

/** Node's names of the digests behind the names of JWA. */
const digests: Readonly<Record<string, string>> = { '256': 'sha256', '384': 'sha384', '512': 'sha512' };

const verifiedClaims = (jwt: string, { publicKeys }: JwtConfig): Claims | string => {
  const [header = '', payload = '', signature, ...rest] = jwt.split('.');
  const unsigned = 'error verifying token signature: ';
  if (signature === undefined || rest.length > 0) {
    return `${unsigned}go-jose/go-jose: compact JWS format must have three parts`;
  }
  const [head, claims] = [parsed(header), parsed(payload)];
  if (!isMap(head) || !isMap(claims)) return `${unsigned}no known key successfully validated the token signature`;
  const digest = digests[String(head['alg']).slice(2)];
  const isGood = publicKeys.some((pem) =>
    verify(
      digest,
      Buffer.from(`${header}.${payload}`),
      { key: createPublicKey(pem), dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    ),
  );
  return isGood ? claims : `${unsigned}no known key successfully validated the token signature`;
};

const parsed = (part: string): unknown => {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
};

const complaintAbout = (claims: Claims, config: JwtConfig, role: JwtRole): string | undefined => {
  const audiences = [claims['aud']].flat();
  if (config.issuer !== '' && claims['iss'] !== config.issuer) {
    return 'error validating token: invalid issuer (iss) claim';
  }
  if (role.audiences.length > 0 && !role.audiences.some((audience) => audiences.includes(audience))) {
    return 'error validating token: invalid audience (aud) claim: audience claim does not match any expected audience';
  }
  if (typeof claims['exp'] === 'number' && claims['exp'] * 1000 < Date.now()) {
    return 'error validating token: invalid expiration time (exp) claim: token is expired';
  }
  if (role.subject !== '' && claims['sub'] !== role.subject) {
    return 'error validating token: invalid subject (sub) claim';
  }
  const odd = Object.entries(role.claims ?? {}).find(
    ([claim, wanted]) => ![wanted].flat().some((value) => matches(role, String(value), claims[claim])),
  );
  return odd && `error validating claims: claim "${odd[0]}" does not match any associated bound claim values`;
};

const matches = ({ claimsType }: JwtRole, wanted: string, value: unknown): boolean =>
  [value].flat().some((one) => {
    if (claimsType !== 'glob') return one === wanted;
    const parts = wanted.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`, 's').test(String(one));
  });
