import { onTestFinished } from 'vitest';
import type { ConnectContext, Connection } from '../../../src/engine/provider.ts';
import { azure } from '../../../src/providers/azure/index.ts';
import type { AzureSandbox, AzureSandboxOptions } from '../../../src/sandbox/azure/start.ts';
import { startAzureSandbox } from '../../../src/sandbox/azure/start.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { noPorts } from '../../support/no-ports.ts';

export const tenant = '7c1e0000-0000-0000-0000-000000000001';
export const subscription = '7c1e0000-0000-0000-0000-000000000002';
export const vault = 'illm-k8s-lab-kv';

/** Applications of the sandbox's tenant: one that may do everything, one that may look, one that may nothing. */
export const principals = {
  officer: { clientId: '0f000000-0000-0000-0000-000000000001', clientSecret: 'the-officers-secret' },
  reader: {
    clientId: '0f000000-0000-0000-0000-000000000002',
    clientSecret: 'the-readers-secret',
    roles: { [vault]: 'Reader' },
    subscriptionRole: 'Reader',
  },
  nobody: {
    clientId: '0f000000-0000-0000-0000-000000000003',
    clientSecret: 'nobodys-secret',
    roles: { [vault]: 'none' },
    subscriptionRole: 'none',
  },
} as const;

/** A sandbox with one vault and all principals; ends with the test. */
export const sandbox = async (options: Partial<AzureSandboxOptions> = {}): Promise<AzureSandbox> => {
  const started = await startAzureSandbox({
    tenant,
    subscription,
    vaults: [vault],
    principal: (id) => Object.values(principals).find(({ clientId }) => clientId === id),
    ...options,
  });
  onTestFinished(() => started.stop());
  return started;
};

/** The connection's config for a sandbox. */
export const configFor = ({ port, caPem }: AzureSandbox, as: keyof typeof principals = 'officer') => ({
  tenant,
  vaults: [vault],
  credential: {
    type: 'service-principal',
    clientId: principals[as].clientId,
    clientSecret: { from: 'env', name: 'AZURE_SECRET' },
  },
  loopback: { port, ca: caPem },
});

/** What connect() is given; the one source holds the secret of a principal. */
export const contextFor = (
  as: keyof typeof principals = 'officer',
  more: Partial<ConnectContext> = {},
): ConnectContext => ({
  readOnly: false,
  ports: noPorts,
  env: {},
  resolve: async () => secret(principals[as].clientSecret),
  signal: new AbortController().signal,
  stopping: new AbortController().signal,
  ...more,
});

/** A connection of lab to a sandbox. */
export const connect = async (
  box: AzureSandbox,
  {
    as = 'officer',
    config = {},
    ...more
  }: Partial<ConnectContext> & { as?: keyof typeof principals; config?: object } = {},
): Promise<Connection> => azure.connect({ ...configFor(box, as), ...config }, contextFor(as, more));
