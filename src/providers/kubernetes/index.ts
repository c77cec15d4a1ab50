import type { Provider } from '../../engine/provider.ts';
import type { DefinedKind } from '../../engine/resource.ts';
import { configMap } from './config-map.ts';
import { issuer } from './issuer.ts';
import { namespace } from './namespace.ts';
import { object } from './object.ts';
import type { KubeClient } from './objects/object-api.ts';
import { secret } from './secret.ts';
import { serviceAccount } from './service-account.ts';

const kinds: readonly DefinedKind<KubeClient>[] = [namespace, serviceAccount, secret, configMap, object, issuer];

/** A Kubernetes cluster: one context of the operator's kubeconfig. */
export const kubernetes: Provider = {
  name: 'kubernetes',
  kinds,
  needs: ['aks', 'eks'],
  connect: async (config, context) => {
    const { openConnection } = await import('./connection.ts');
    return openConnection(kinds, config, context);
  },
};
