import { Agent } from 'node:https';
import { ClientSecretCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import type { AzureSandbox } from '../../../src/sandbox/azure/start.ts';
import { principals, tenant, vault } from './sandbox.ts';

/** The unmodified SDK against a sandbox, under the names that the world has: somebody else's program. */
export const stranger = ({ port, caPem }: AzureSandbox, name: string = vault): SecretClient => {
  const agent = new Agent({ keepAlive: false, ca: caPem });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => connect({ ...options, host: '127.0.0.1', port }, callback);
  const { clientId, clientSecret } = principals.officer;
  const options = { agent, retryOptions: { maxRetries: 0 } };
  const credential = new ClientSecretCredential(tenant, clientId, clientSecret, options);
  return new SecretClient(`https://${name}.vault.azure.net`, credential, options);
};
