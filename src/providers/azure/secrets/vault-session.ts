import type { SecretClient } from '@azure/keyvault-secrets';
import { LabError } from '../../../errors.ts';
import { type Failure, failureOf, unanswered } from '../failure.ts';
import type { Login } from '../login/login.ts';
import { refusal, type ShownCall } from '../refusal.ts';
import { cancelled, type Outcome, type Patience, retrying } from '../retry.ts';
import type { Wire } from '../wire.ts';

/** The SDK's client of one vault, logged in. */
export interface VaultSession {
  readonly sdk: SecretClient;
  /** The tenant that the vault belongs to. */
  readonly tenant: string;
  /** One try of a call of the SDK. */
  attempt<T>(run: () => Promise<T>): Promise<Outcome<T>>;
}

/** What opening a session needs. */
export interface SessionSetup {
  readonly host: string;
  readonly wire: Wire;
  readonly login: Pick<Login, 'credentialFor'>;
  readonly readOnly: boolean;
  readonly patience: Patience;
  /** Told the tenant that the vault names, before any credential goes out; throws if it is the wrong one. */
  readonly meet: (tenant: string) => void;
}

/**
 * Opens the SDK's client and has it log in by a harmless call. The SDK sends the first request without its body, to be
 * asked for a token, and would mix up the bodies of two that go out at once: so nothing else may be the first.
 */
export const openSession = async ({
  host,
  wire,
  login,
  readOnly,
  patience,
  meet,
}: SessionSetup): Promise<VaultSession> => {
  const { SecretClient, isRestError } = await import('@azure/keyvault-secrets');
  let tenant: string | undefined;
  const credential = login.credentialFor((named) => {
    meet(named.toLowerCase());
    tenant = named.toLowerCase();
  });
  const open = () => new SecretClient(`https://${host}`, credential, wire.optionsFor({ host, readOnly }));
  const attempt = async <T>(run: () => Promise<T>): Promise<Outcome<T>> => {
    try {
      return { ok: true, value: await run() };
    } catch (error) {
      if (error instanceof LabError) throw error;
      if (patience.signal.aborted) throw cancelled();
      if (isRestError(error)) return { ok: false, failure: failureOf(error, wire.refusalOf(error.request)) };
      if (error instanceof Error && error.name === 'AbortError') return { ok: false, failure: unanswered('ETIMEDOUT') };
      throw challengeRefused(host, error);
    }
  };
  // A client whose first call failed is not used again: it would take the next request for that call.
  const knock = async (): Promise<Outcome<SecretClient>> => {
    const sdk = open();
    const outcome = await attempt(() => sdk.listPropertiesOfSecrets().byPage({ maxPageSize: 1 }).next());
    return outcome.ok || isLoggedIn(outcome.failure) ? { ok: true, value: sdk } : outcome;
  };
  const opened = await retrying(patience, true, knock);
  if (!opened.ok) throw refusal(openingCall(host), opened.failure, []);
  if (tenant === undefined) {
    throw new LabError('UNREACHABLE', `${host} asked for no login, as no key vault does`);
  }
  return { sdk: opened.value, tenant, attempt };
};

const openingCall = (host: string): ShownCall => ({ method: 'GET', path: 'secrets', host });

// Who may not list secrets is known to the vault all the same.
const isLoggedIn = (failure: Failure): boolean => failure.is === 'answered' && failure.status === 403;

/** The SDK verifies that the vault asks for a token for its own domain, and says otherwise with a plain Error. */
const challengeRefused = (host: string, error: unknown): unknown =>
  error instanceof Error && error.message.includes('challenge')
    ? new LabError('GUARD', `${host} asked for a token that is not for its own domain`, {
        next: 'Something stands between lab and Key Vault; no token was sent.',
      })
    : error;
