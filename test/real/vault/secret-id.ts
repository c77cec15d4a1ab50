import type { Mailbox } from '../../../src/engine/ports.ts';
import type { ConnectContext, Connection } from '../../../src/engine/provider.ts';
import { kubernetes } from '../../../src/providers/kubernetes/index.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { resource } from '../../support/world.ts';
import { connect as connectCluster } from '../kubernetes/cluster.ts';
import { config, context, uniqueName } from './server.ts';

/** The kinds that a SecretID in a Kubernetes Secret takes. */
export const kinds = [...vault.kinds, ...kubernetes.kinds];

/** Both connections; that to Vault delivers into the cluster, through `around` if that is given. */
export const connectBoth = async (
  around: (box: Mailbox) => Mailbox = (box) => box,
): Promise<readonly [Connection, Connection]> => {
  const cluster = await connectCluster();
  const given = context();
  const ports: ConnectContext['ports'] = {
    ...given.ports,
    mailbox: async (_provider, place, name) => {
      if (cluster.offers.mailbox === undefined) throw new Error('the cluster offers no mailbox');
      return around(cluster.offers.mailbox(place, name));
    },
  };
  return [await vault.connect(config(), { ...given, ports }), cluster];
};

/** A role whose SecretIDs live for a day, and one of them in a Secret of a namespace of its own. */
export const deliveredCase = () => {
  const [mount, namespace] = [uniqueName('approle'), uniqueName('ci')];
  const address = `vault.approle-secret-id/${mount}/ci/kubernetes/${namespace}/approle`;
  return {
    mount,
    namespace,
    address,
    around: [
      resource(`kubernetes.namespace/${namespace}`, {}),
      resource(`vault.auth-method/${mount}`, { type: 'approle' }),
      resource(`vault.approle-role/${mount}/CI`, { policies: ['default'], secretIdTtl: '24h' }),
    ],
  };
};
