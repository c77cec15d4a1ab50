import { Agent } from 'node:https';
import { KeyVaultManagementClient } from '@azure/arm-keyvault';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import { ClientSecretCredential } from '@azure/identity';
import type { Fields } from '../../../src/engine/value.ts';
import type { AzureSandbox } from '../../../src/sandbox/azure/start.ts';
import { resource } from '../../support/world.ts';
import { principals, subscription, tenant } from './sandbox.ts';

/** A resource of the provider by the parts of its address. */
export const at = (kind: string, parts: readonly string[], spec: Fields) =>
  resource([`azure.${kind}`, ...parts.map(encodeURIComponent)].join('/'), spec);

/** Options for the connection that ARM's kinds need. */
export const withSubscription = { config: { vaults: [], subscription } };

/** Microsoft's own clients in the hand of a stranger. */
export const strangers = ({ port, caPem }: AzureSandbox) => {
  const agent = new Agent({ ca: caPem });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => connect({ ...options, host: '127.0.0.1', port }, callback);
  const options = { agent, retryOptions: { maxRetries: 0 } };
  const { clientId, clientSecret } = principals.officer;
  const credential = new ClientSecretCredential(tenant, clientId, clientSecret, options);
  return {
    vaults: new KeyVaultManagementClient(credential, subscription, options).vaults,
    identities: new ManagedServiceIdentityClient(credential, subscription, options).userAssignedIdentities,
    credentials: new ManagedServiceIdentityClient(credential, subscription, options).federatedIdentityCredentials,
  };
};
