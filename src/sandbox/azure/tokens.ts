import { randomBytes } from 'node:crypto';
import { type Bearer, clientIdOf } from './principal.ts';

/** What a token was issued for. */
export interface Grant {
  readonly bearer: Bearer;
  /** `https://vault.azure.net` */
  readonly resource: string;
}

/** Tokens of one run: their signature is random, so that no other sandbox and no real cloud takes them. */
export interface Tokens {
  issue(grant: Grant): string;
  /** undefined for a token that was never issued here, or is past its time. */
  grantOf(token: string): Grant | undefined;
}

/** How long a token is good for, in seconds. */
export const lifetime = 3599;

export const newTokens = (tenant: string): Tokens => {
  const issued = new Map<string, { readonly grant: Grant; readonly until: number }>();
  return {
    issue: (grant) => {
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        aud: grant.resource,
        iss: `https://sts.windows.net/${tenant}/`,
        iat: now,
        exp: now + lifetime,
        appid: clientIdOf(grant.bearer),
        idtyp: 'app',
        oid: grant.bearer.objectId,
        sub: grant.bearer.objectId,
        tid: tenant,
      };
      const parts = [{ typ: 'JWT', alg: 'RS256', kid: 'sandbox' }, claims].map(encode);
      const token = [...parts, randomBytes(32).toString('base64url')].join('.');
      issued.set(token, { grant, until: Date.now() + lifetime * 1000 });
      return token;
    },
    grantOf: (token) => {
      const found = issued.get(token);
      return found !== undefined && found.until > Date.now() ? found.grant : undefined;
    },
  };
};

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
