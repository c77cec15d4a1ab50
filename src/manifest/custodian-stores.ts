import { own } from './own.ts';
import type { Manifest } from './schema/manifest.ts';
import type { Store } from './schema/stores.ts';

/** The stores that keep shares of Vault. */
export const custodianStores = ({ vault, stores }: Pick<Manifest, 'vault' | 'stores'>): readonly Store[] =>
  (vault?.init?.custodians ?? []).flatMap((custodian) => {
    const store = 'store' in custodian ? own(stores, custodian.store) : undefined;
    return store === undefined ? [] : [store];
  });
