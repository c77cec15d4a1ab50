import { operatorNamespace } from './expand/install.ts';
import type { Manifest } from './schema/manifest.ts';
import type { Namespaced } from './schema/names.ts';
import type { Store } from './schema/stores.ts';

/** Service accounts that External Secrets is, or logs in as, where a custodian's store is: in the cluster, or in its cloud. */
export const strangersTo = (store: Store, manifest: Manifest): readonly Namespaced[] => {
  const exposed = Object.values(manifest.stores).filter(({ expose }) => expose !== 'none');
  const used = exposed
    .filter(({ type }) => store.type === 'kubernetes' || type === store.type)
    .flatMap(({ auth }) => (auth !== undefined && 'serviceAccount' in auth ? auth.serviceAccount : []));
  const own = manifest.install['external-secrets']?.serviceAccount;
  const operator =
    own === undefined || store.type !== 'kubernetes' ? [] : [{ namespace: operatorNamespace(manifest), name: own }];
  const all = [...operator, ...used];
  return [...new Map(all.map((account) => [`${account.namespace}/${account.name}`, account])).values()];
};
