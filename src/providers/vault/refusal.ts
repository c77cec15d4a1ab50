import { type ErrorCode, LabError } from '../../errors.ts';
import { needles } from '../../secrets/needles.ts';
import { type Exchange, isTlsFailure } from './transport.ts';

/** A call as it may be shown: `POST sys/mounts/secret` at an address. */
export interface ShownCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly address: string;
}

/** The texts of `{"errors": [...]}`; [] for anything else. */
export const errorTexts = (body: unknown): readonly string[] => {
  if (typeof body !== 'object' || body === null || !('errors' in body) || !Array.isArray(body.errors)) return [];
  return body.errors.filter((text) => typeof text === 'string').map((text) => text.trim().replace(/\s+/g, ' '));
};

/** Whether Vault says that what a GET or DELETE names is not there. A 404 of somebody else, a proxy, does not count. */
export const isAbsent = (method: ShownCall['method'], exchange: Exchange): boolean =>
  (method === 'GET' || method === 'DELETE') &&
  exchange.outcome === 'answered' &&
  exchange.status === 404 &&
  typeof exchange.body === 'object' &&
  exchange.body !== null &&
  ('errors' in exchange.body || 'data' in exchange.body);

const says = (exchange: Exchange, text: string): boolean =>
  exchange.outcome === 'answered' && errorTexts(exchange.body).some((line) => line.includes(text));

/**
 * Whether the server did nothing because it does not know the token, or no longer. Vault says so; OpenBao and old Vaults
 * say no more than that it is denied, and not in the words in which a policy denies: `1 error occurred: * permission denied`.
 */
export const isDeadToken = (exchange: Exchange): boolean =>
  exchange.outcome === 'answered' &&
  exchange.status === 403 &&
  (says(exchange, 'invalid token') || errorTexts(exchange.body).join() === 'permission denied');

/** Whether sending the same call again is harmless and may help. The only place that decides so. */
export const mayRetry = (method: ShownCall['method'], exchange: Exchange): boolean => {
  if (exchange.outcome === 'failed') {
    if (exchange.because !== undefined) return exchange.because.code === 'UNREACHABLE';
    // What is too large once is so again: what a server tells of itself grows with its mounts.
    if (exchange.code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return false;
    return !isTlsFailure(exchange.code) && (!exchange.sent || method === 'GET');
  }
  switch (exchange.status) {
    case 412:
    case 429:
      return true;
    case 502:
      return method === 'GET';
    case 503:
      return !says(exchange, 'is sealed');
    case 400:
      return says(exchange, 'Upgrading from non-versioned');
    case 500:
      // A server that has just lost its leader says no more than that.
      if (says(exchange, 'local node not active')) return true;
      // A list of the keys of a PKI engine stumbles over one that is being deleted.
      return method === 'GET' && (says(exchange, 'internal error') || says(exchange, 'pki key id'));
    default:
      return false;
  }
};

/**
 * The LabError for a call that did not succeed: method, path, status and the server's own texts. Texts that repeat one
 * of `sent`, the secret values of the call, are withheld as a whole.
 */
export const refusal = (call: ShownCall, exchange: Exchange, sent: readonly string[]): LabError => {
  const what = `${call.method} ${call.path}`;
  if (exchange.outcome === 'failed') return unanswered(call, what, exchange);
  const texts = errorTexts(exchange.body).join('; ');
  const { code, because, next } = meaning(call, exchange);
  const said = because ?? (repeats(texts, sent) ? "(the server's text repeats a secret and is withheld)" : texts);
  const message = `${what} at ${call.address} answered ${exchange.status}${said === '' ? '' : `: ${said}`}`;
  return new LabError(code, message, next === undefined ? {} : { next });
};

interface Meaning {
  readonly code: ErrorCode;
  /** Instead of the server's texts, where those do not say it. */
  readonly because?: string;
  readonly next?: string;
}

const meaning = (call: ShownCall, exchange: Extract<Exchange, { outcome: 'answered' }>): Meaning => {
  const { status } = exchange;
  if (status >= 300 && status < 400) return redirected(exchange.location);
  switch (status) {
    case 400:
      return badRequest(exchange);
    case 401:
      return { code: 'UNAUTHENTICATED' };
    case 403:
      if (isDeadToken(exchange)) return { code: 'UNAUTHENTICATED', next: 'Log in again: the token expired.' };
      return {
        code: 'DENIED',
        next: `The token's policies must allow ${needed(call)} on "${call.path.replace(listing, '')}".`,
      };
    case 404:
      return notFound(call);
    case 429:
      return { code: 'UNREACHABLE', next: 'A rate limit of Vault was met; try again with a lower --parallelism.' };
    case 500:
      // Name constraints; it is the request that is wrong.
      return says(exchange, 'is not authorized to sign for this name')
        ? { code: 'REJECTED', next: 'Ask for names only that the authority, and each one above it, may sign.' }
        : { code: 'UNREACHABLE' };
    case 503:
      return says(exchange, 'is sealed') ? { code: 'UNREACHABLE', next: 'Unseal Vault.' } : { code: 'UNREACHABLE' };
    default:
      return { code: status === 412 || status >= 500 ? 'UNREACHABLE' : 'REJECTED' };
  }
};

const notFound = ({ method, path }: ShownCall): Meaning => {
  if (method === 'PATCH') return { code: 'MOVED', because: 'it is no longer there' };
  if (method !== 'POST') return { code: 'UNREACHABLE', because: 'and not in the way in which Vault says not found' };
  return { code: 'REJECTED', next: `Nothing is mounted where "${path}" leads, or it has no such path.` };
};

const badRequest = (exchange: Exchange): Meaning => {
  if (says(exchange, 'check-and-set parameter did not match')) return { code: 'MOVED' };
  if (says(exchange, 'path is already in use') || says(exchange, 'existing mount at')) return { code: 'CONFLICT' };
  if (says(exchange, 'missing client token')) return { code: 'UNAUTHENTICATED' };
  if (says(exchange, 'Upgrading from non-versioned')) {
    return { code: 'NOT_SETTLED', next: 'Vault is still converting the mount to versions; run it again.' };
  }
  return { code: 'REJECTED' };
};

const redirected = (location: string | undefined): Meaning => ({
  code: 'UNREACHABLE',
  because: `a redirect${location === undefined ? '' : ` to ${hostOf(location)}`}, which lab does not follow`,
  next: 'Give the address of the active Vault itself; a token is never sent on to another host.',
});

const hostOf = (location: string): string => (URL.canParse(location) ? new URL(location).origin : 'another path');

const listing = /\?list=true$/;

// Guarded twice: sys/auth/, sys/audit, most of sys/leases/ and the accessors of tokens.
const guarded = /^(sys\/(auth|leases\/(lookup|revoke-prefix))\/.|sys\/audit|auth\/token\/accessors)/;

const needed = ({ method, path }: ShownCall): string =>
  [listing.test(path) ? 'list' : capabilities[method], ...(guarded.test(path) ? ['sudo'] : [])].join(' and ');

const capabilities: Readonly<Record<ShownCall['method'], string>> = {
  GET: 'read',
  POST: 'create and update',
  PATCH: 'patch',
  DELETE: 'delete',
};

type Unanswered = Extract<Exchange, { outcome: 'failed' }>;

const unanswered = (call: ShownCall, what: string, { code, sent, because }: Unanswered): LabError => {
  if (because !== undefined) {
    return new LabError(because.code, `Vault at ${call.address} cannot be reached: ${because.message}`, because.detail);
  }
  if (isTlsFailure(code)) {
    return new LabError('UNREACHABLE', `The certificate of ${call.address} is not trusted (${code})`, {
      next: "Set VAULT_CACERT to the file of Vault's certificate authority.",
    });
  }
  if (!sent) return new LabError('UNREACHABLE', `Vault at ${call.address} cannot be reached (${code})`);
  const effect = call.method === 'GET' ? '' : '; it may have taken effect, the next run will see';
  return new LabError('UNREACHABLE', `${what} at ${call.address} got no answer (${code})${effect}`);
};

const repeats = (text: string, sent: readonly string[]): boolean =>
  sent.flatMap(needles).some((needle) => text.includes(needle));
