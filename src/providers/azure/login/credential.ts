import type { TokenCredential } from '@azure/identity';
import { z } from 'zod';
import { LabError } from '../../../errors.ts';
import { reveal, type Secret } from '../../../secrets/secret.ts';
import { describeSource } from '../../../secrets/source.ts';
import { isStandIn } from '../../../secrets/stand-in.ts';
import { clouds } from '../cloud.ts';
import type { AzureConfig, Credential, CredentialSource } from '../config.ts';
import type { Wire, WireRules } from '../wire.ts';

/** The SDK's credential for one tenant. */
export interface OpenedCredential {
  readonly credential: TokenCredential;
  /** The values that it sends. */
  readonly sent: readonly Secret[];
}

/** What openCredential() needs. */
export interface CredentialSetup {
  readonly config: Pick<AzureConfig, 'cloud' | 'credential' | 'loopback'>;
  readonly wire: Wire;
  readonly resolve: (source: CredentialSource) => Promise<Secret | undefined>;
  readonly seen: NonNullable<WireRules['seen']>;
}

/**
 * Makes the SDK's credential; sends nothing yet. An ambient one is the SDK's own affair, connections included. Throws
 * MISSING_SOURCE, or GUARD on a stand-in of the sandbox.
 */
export const openCredential = async (setup: CredentialSetup, tenant: string): Promise<OpenedCredential> => {
  const { config, wire, seen } = setup;
  const { credential } = config;
  const { authority } = clouds[config.cloud ?? 'public'];
  if (credential.type === 'ambient') {
    const { DefaultAzureCredential } = await import('@azure/identity');
    const options = { authorityHost: authority, tenantId: tenant, retryOptions: { maxRetries: 0 } };
    return { credential: new DefaultAzureCredential(options), sent: [] };
  }
  const { clientId, clientSecret } = credential;
  const id = typeof clientId === 'string' ? clientId : reveal(await read(setup, clientId, 'client id'));
  const sent = await read(setup, clientSecret, 'client secret');
  const { ClientSecretCredential } = await import('@azure/identity');
  const rules = { host: new URL(authority).host, readOnly: false, seen };
  const options = { authorityHost: authority, ...wire.optionsFor(rules) };
  return { credential: new ClientSecretCredential(tenant, id, reveal(sent), options), sent: [sent] };
};

const read = async ({ config, resolve }: CredentialSetup, source: CredentialSource, what: string): Promise<Secret> => {
  const value = await resolve(source);
  if (value === undefined) {
    throw new LabError('MISSING_SOURCE', `The login to Azure needs a ${what}, and ${describeSource(source)} has none`, {
      next: 'Put it there, or name another source in the credential of connections.azure.',
    });
  }
  if (config.loopback === undefined && isStandIn(value)) {
    throw new LabError('GUARD', `the ${what} is a stand-in of the sandbox, which is never sent to the real Azure`);
  }
  return value;
};

/** A credential for people, as far as the manifest tells it. */
export const describeCredential = (credential: Credential): string => {
  if (credential.type === 'ambient') return 'whoever is logged in here';
  const { clientId } = credential;
  return `service principal ${typeof clientId === 'string' ? clientId : `of ${describeSource(clientId)}`}`;
};

const claims = z.object({
  upn: z.string().optional(),
  unique_name: z.string().optional(),
  appid: z.string().optional(),
});

/** What an access token says of its bearer, for people; undefined if it is not one that can be read. */
export const bearerOf = (token: string): string | undefined => {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const { upn, unique_name: name = upn, appid } = claims.parse(payload);
    if (name !== undefined) return `user ${name}`;
    return appid === undefined ? undefined : `service principal ${appid}`;
  } catch {
    return undefined;
  }
};
