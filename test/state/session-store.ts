import { kubernetes } from '../../src/providers/kubernetes/index.ts';
import { clusterStore } from '../../src/state/cluster/store.ts';
import { localStore } from '../../src/state/local.ts';
import type { LockingStore } from '../../src/state/store.ts';
import { noPorts } from '../support/no-ports.ts';
import type { SessionCluster, SessionScript } from './session-process.ts';

/** The state that a script is about. */
export const openStore = async ({ where, name, environment }: SessionScript): Promise<LockingStore> => {
  if ('folder' in where) return localStore({ ...where, name, environment });
  const { namespace, timing } = where;
  const objects = await ownObjectsOf(where);
  return clusterStore({
    objects,
    place: { namespace, name, environment },
    ...(timing === undefined ? {} : { timing }),
  });
};

const ownObjectsOf = async ({ kubeconfig, context }: SessionCluster) => {
  const connection = await kubernetes.connect(
    { context, kubeconfig },
    {
      readOnly: false,
      env: {},
      ports: noPorts,
      resolve: async () => undefined,
      signal: new AbortController().signal,
      stopping: new AbortController().signal,
    },
  );
  const { ownObjects } = connection.offers;
  if (ownObjects === undefined) throw new Error('the cluster does not offer its own objects');
  return ownObjects;
};
