import type { ConnectContext, Connection, Provider } from '../../engine/provider.ts';
import type { DefinedKind } from '../../engine/resource.ts';
import { createClient, type EsoClient } from './client.ts';
import { clusterSecretStore } from './cluster-secret-store.ts';
import { externalSecret } from './external-secret.ts';
import { secretStore } from './secret-store.ts';

const kinds: readonly DefinedKind<EsoClient>[] = [clusterSecretStore, secretStore, externalSecret];

const connect = async (config: unknown, context: ConnectContext): Promise<Connection> => {
  const client = createClient(config, await context.ports.objects());
  return {
    scope: client.scope,
    describe: client.describe,
    gate: client.gate,
    kind: (name) => {
      const found = kinds.find(({ kind }) => kind === name);
      if (found === undefined) throw new TypeError(`the provider external-secrets has no kind ${name}`);
      return found.bind(client);
    },
    offers: {},
    // Everything goes through the objects of another provider, which counts it.
    writes: () => 0,
    close: async () => {},
  };
};

/**
 * External Secrets Operator, through the Kubernetes API. Connection: `mode`, whether its definitions must be there or
 * are waited for, and the operator's namespace. One gate for each definition: `external-secrets.crd/NAME`.
 */
export const externalSecrets: Provider = { name: 'external-secrets', kinds, needs: ['objects'], connect };
