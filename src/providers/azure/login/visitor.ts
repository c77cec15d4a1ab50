import type { TokenCredential } from '@azure/identity';
import { LabError } from '../../../errors.ts';
import { reveal, type Secret } from '../../../secrets/secret.ts';
import { clouds } from '../cloud.ts';
import type { AzureConfig } from '../config.ts';
import { describeFailure } from '../failure.ts';
import { openSession } from '../secrets/vault-session.ts';
import type { Wire } from '../wire.ts';
import { saying } from './refusal.ts';

/** Somebody who logs in as a managed identity with a token of a cluster. */
export interface Visitor {
  readonly tenant: string;
  readonly clientId: string;
  readonly assertion: Secret;
}

/** What somebody else got to see: it worked, or the server's own words. */
export type Tried = { readonly ok: true } | { readonly ok: false; readonly found: string };

/** The login of such a visitor, and what it may read. Nothing of what it is given leaves these calls. */
export interface VisitorLogin {
  /** Exchanges the cluster's token for one of Azure's. */
  logIn(): Promise<Tried>;
  /** Reads a secret and forgets its value. */
  readSecret(host: string, name: string): Promise<Tried>;
}

interface Setup {
  readonly config: Pick<AzureConfig, 'cloud'>;
  readonly wire: Wire;
  readonly signal: AbortSignal;
}

/** Opens it; nothing is sent yet. */
export const visitorLogin = ({ config, wire, signal }: Setup, visitor: Visitor): VisitorLogin => {
  const { authority, vaultDomain } = clouds[config.cloud ?? 'public'];
  const open = async (): Promise<TokenCredential> => {
    const { ClientAssertionCredential } = await import('@azure/identity');
    const { tenant, clientId, assertion } = visitor;
    const options = {
      authorityHost: authority,
      ...wire.optionsFor({ host: new URL(authority).host, readOnly: false }),
    };
    return new ClientAssertionCredential(tenant, clientId, async () => reveal(assertion), options);
  };
  const token = async (): Promise<{ credential: TokenCredential; tried: Tried }> => {
    const credential = await open();
    try {
      await credential.getToken(`https://${vaultDomain}/.default`, { abortSignal: signal });
      return { credential, tried: { ok: true } };
    } catch (error) {
      if (error instanceof LabError || !(error instanceof Error)) throw error;
      return { credential, tried: { ok: false, found: saying(error.message) } };
    }
  };
  return {
    logIn: async () => (await token()).tried,
    readSecret: async (host, name) => {
      const { credential, tried } = await token();
      if (!tried.ok) return tried;
      const login = {
        credentialFor: (meet: (tenant: string) => void) => ({
          getToken: (scopes: string | string[], options: { tenantId?: string } = {}) => {
            meet(options.tenantId ?? visitor.tenant);
            return credential.getToken(scopes, options);
          },
        }),
      };
      const patience = { pauses: [], signal };
      const session = await openSession({ host, wire, login, readOnly: true, patience, meet: () => undefined });
      const outcome = await session.attempt(async () => {
        await session.sdk.getSecret(name);
      });
      return outcome.ok ? { ok: true } : { ok: false, found: describeFailure(outcome.failure) };
    },
  };
};
