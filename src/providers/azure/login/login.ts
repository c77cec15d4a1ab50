import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';
import { LabError } from '../../../errors.ts';
import { type Failure, unanswered } from '../failure.ts';
import { cancelled, defaultPauses, type Outcome, retrying } from '../retry.ts';
import type { WireRules } from '../wire.ts';
import {
  bearerOf,
  type CredentialSetup,
  describeCredential,
  type OpenedCredential,
  openCredential,
} from './credential.ts';
import { loginRefusal } from './refusal.ts';

/** The one login of a run. */
export interface Login {
  /** Tokens for one vault; `meet` is told the tenant that the vault names before any credential goes out. */
  credentialFor(meet: (tenant: string) => void): TokenCredential;
  /** Tokens for what does not name its tenant. */
  credentialIn(tenant: string): TokenCredential;
  /** For people: `service principal 1f0c…`, `user a@b.c`. Of an ambient login known once there was a token. */
  who(): string;
}

/** What openLogin() needs. */
export interface LoginSetup extends Omit<CredentialSetup, 'seen'> {
  readonly signal: AbortSignal;
  readonly pauses?: readonly number[];
}

type Exchange = Parameters<NonNullable<WireRules['seen']>>[0];

// Our own connections have limits of their own; this one is for what an ambient login may wait for.
const timeoutMs = 30_000;

/** A login that begins with the first token that is needed; vaults that ask at once get the same one. */
export const openLogin = (setup: LoginSetup): Login => {
  const { signal, pauses = defaultPauses } = setup;
  const isAmbient = setup.config.credential.type === 'ambient';
  const opened = new Map<string, Promise<OpenedCredential>>();
  const asked = new Map<string, Promise<AccessToken>>();
  let identity = describeCredential(setup.config.credential);
  let last: Exchange | undefined;

  const open = (tenant: string): Promise<OpenedCredential> => {
    const known = opened.get(tenant) ?? openCredential({ ...setup, seen: (exchange) => (last = exchange) }, tenant);
    opened.set(tenant, known);
    return known;
  };
  const attempt = async (
    tenant: string,
    scopes: string | string[],
    options: GetTokenOptions,
  ): Promise<Outcome<AccessToken>> => {
    const { credential } = await open(tenant);
    last = undefined;
    const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const answer = credential.getToken(scopes, { ...options, tenantId: tenant, abortSignal });
      const token = await Promise.race([answer, whenAborted(abortSignal)]);
      return token === null ? { ok: false, failure: unanswered('no token') } : { ok: true, value: token };
    } catch (error) {
      // The SDK remembers a failed login for a minute and would repeat it unasked.
      opened.delete(tenant);
      if (error instanceof LabError) throw error;
      if (signal.aborted) throw cancelled();
      return { ok: false, failure: failureOf(error, last) };
    }
  };
  const logIn = async (tenant: string, scopes: string | string[], options: GetTokenOptions): Promise<AccessToken> => {
    const { sent } = await open(tenant);
    const outcome = await retrying({ pauses, signal }, true, () => attempt(tenant, scopes, options));
    if (!outcome.ok) throw loginRefusal(outcome.failure, { tenant, identity, isAmbient, sent });
    if (isAmbient) identity = bearerOf(outcome.value.token) ?? identity;
    return outcome.value;
  };

  const ask = (tenant: string, scopes: string | string[], options: GetTokenOptions): Promise<AccessToken> => {
    const question = [tenant, ...[scopes].flat(), options.claims ?? ''].join(' ');
    const answer = asked.get(question) ?? logIn(tenant, scopes, options).finally(() => asked.delete(question));
    asked.set(question, answer);
    return answer;
  };

  return {
    credentialFor: (meet) => ({
      getToken: async (scopes, options = {}) => {
        const { tenantId: tenant } = options;
        if (tenant === undefined) throw new LabError('UNREACHABLE', 'the key vault did not say which tenant it is of');
        meet(tenant);
        return ask(tenant, scopes, options);
      },
    }),
    credentialIn: (tenant) => ({ getToken: (scopes, options = {}) => ask(tenant, scopes, options) }),
    who: () => identity,
  };
};

const whenAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const abort = () => reject(new DOMException('it took too long', 'AbortError'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });

/** The SDK says of a network failure only that there was one; what went over the wire last knows more. */
const failureOf = (error: unknown, last: Exchange | undefined): Failure => {
  if (last !== undefined && 'error' in last) return unanswered(codeOf(last.error));
  if (error instanceof Error && error.name === 'AbortError') return unanswered(codeOf(error));
  const text = error instanceof Error ? error.message : '';
  return { is: 'answered', status: last?.status ?? 401, code: '', inner: '', text };
};

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'AbortError') return 'ETIMEDOUT';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
};
