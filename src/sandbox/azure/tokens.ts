import { randomBytes } from 'node:crypto';
import type { Principal } from './principal.ts';

/** What a token was issued for. */
export interface Grant {
  readonly principal: Principal;
  /** `https://vault.azure.net` */
  readonly resource: string;
}

/** Tokens of one run: random, so that no other sandbox and no real cloud takes them. */
export interface Tokens {
  issue(grant: Grant): string;
  /** undefined for a token that was never issued here, or is past its time. */
  grantOf(token: string): Grant | undefined;
}

/** How long a token is good for, in seconds. */
export const lifetime = 3599;

export const newTokens = (): Tokens => {
  const issued = new Map<string, { readonly grant: Grant; readonly until: number }>();
  return {
    issue: (grant) => {
      const token = `sandbox-${randomBytes(32).toString('base64url')}`;
      issued.set(token, { grant, until: Date.now() + lifetime * 1000 });
      return token;
    },
    grantOf: (token) => {
      const found = issued.get(token);
      return found !== undefined && found.until > Date.now() ? found.grant : undefined;
    },
  };
};
