import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomUUID, sign, verify } from 'node:crypto';
import { builtInType, type Cluster } from '../cluster.ts';
import { isMap, type Json, type JsonMap, membersOf, textIn } from '../json.ts';
import type { KubeObject } from '../object.ts';

/** The issuer of service account tokens, and their audience where none is asked for. */
export const issuer = 'https://kubernetes.default.svc';

/** A user of the API: who sends a request. */
export interface User {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: JsonMap;
}

const publicKeyOf = ({ credentials }: Cluster): KeyObject => createPublicKey(credentials.signingKey);

const keyIdOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64url');

const encode = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs a token of a service account. */
export const issueToken = (
  cluster: Cluster,
  account: KubeObject,
  audiences: readonly string[],
  seconds: number,
): string => {
  const { name, namespace = '', uid = '' } = account.metadata;
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    aud: audiences,
    exp: now + seconds,
    iat: now,
    iss: issuer,
    jti: randomUUID(),
    'kubernetes.io': { namespace, serviceaccount: { name, uid } },
    nbf: now,
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
  const body = `${encode({ alg: 'RS256', kid: keyIdOf(publicKeyOf(cluster)) })}.${encode(claims)}`;
  return `${body}.${sign('sha256', Buffer.from(body), createPrivateKey(cluster.credentials.signingKey)).toString('base64url')}`;
};

/** What a token is worth: its user and those of the audiences that it is good for, or why it is worth nothing. */
export type Verdict = { readonly user: User; readonly audiences: readonly string[] } | { readonly error: string };

const invalidToken = 'invalid bearer token';

/** Checks a service account token for these audiences. It dies with its account. */
export const reviewToken = (cluster: Cluster, token: string, audiences: readonly string[]): Verdict => {
  const claims = claimsIn(cluster, token);
  if (claims === undefined) return { error: invalidToken };
  const { serviceaccount } = membersOf(claims['kubernetes.io']);
  const [place, name] = [textIn(claims['kubernetes.io'], 'namespace'), textIn(serviceaccount, 'name')];
  const account = cluster.storage.get(builtInType('ServiceAccount'), place, name);
  if (account === undefined || account.metadata.uid !== textIn(serviceaccount, 'uid'))
    return { error: `[${invalidToken}, service account ${place}/${name} has been deleted]` };
  if (Number(claims['exp']) * 1000 < Date.now())
    return { error: `[${invalidToken}, service account token has expired]` };
  const own = Array.isArray(claims['aud']) ? claims['aud'].map(String) : [];
  const shared = audiences.filter((audience) => own.includes(audience));
  if (shared.length === 0) {
    return {
      error: `[${invalidToken}, token audiences ${JSON.stringify(own)} is invalid for the target audiences ${JSON.stringify(audiences)}]`,
    };
  }
  const user = {
    name: `system:serviceaccount:${place}:${name}`,
    uid: account.metadata.uid ?? '',
    groups: ['system:serviceaccounts', `system:serviceaccounts:${place}`, 'system:authenticated'],
    extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${textIn(claims, 'jti')}`] },
  };
  return { user, audiences: shared };
};

const claimsIn = (cluster: Cluster, token: string): JsonMap | undefined => {
  const [head = '', body = '', signature = ''] = token.split('.');
  const signed = Buffer.from(`${head}.${body}`);
  if (!verify('sha256', signed, publicKeyOf(cluster), Buffer.from(signature, 'base64url'))) return undefined;
  const claims: Json = JSON.parse(Buffer.from(body, 'base64url').toString());
  return isMap(claims) ? claims : undefined;
};

/** The keys with which others check these tokens (RFC 7517). */
export const keySet = (cluster: Cluster): JsonMap => {
  const key = publicKeyOf(cluster);
  const { kty = '', n = '', e = '' } = key.export({ format: 'jwk' });
  return { keys: [{ use: 'sig', kty, kid: keyIdOf(key), alg: 'RS256', n, e }] };
};

/** OpenID Connect discovery of the issuer. */
export const issuerDocument = (url: string): JsonMap => ({
  issuer,
  jwks_uri: `${url}/openid/v1/jwks`,
  response_types_supported: ['id_token'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
});
