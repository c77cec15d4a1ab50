import { formerCustodians } from './former-custodians.ts';
import { own } from './own.ts';
import type { Manifest } from './schema/manifest.ts';
import type { Store } from './schema/stores.ts';

/** The stores that something of Vault's is put into: shares, and SecretIDs. */
export const storesForVault = ({ vault, stores }: Pick<Manifest, 'vault' | 'stores'>): readonly Store[] => {
  const custodians = (vault?.init?.custodians ?? []).flatMap((custodian) =>
    'store' in custodian ? [custodian.store] : [],
  );
  const delivered = Object.values(vault?.auth ?? {}).flatMap((auth) =>
    auth.type === 'approle'
      ? Object.values(auth.roles).flatMap(({ secretId }) =>
          secretId?.deliver?.to === 'store' ? secretId.deliver.store.name : [],
        )
      : [],
  );
  return [...custodians, ...formerCustodians({ vault, stores }), ...delivered].flatMap(
    (name) => own(stores, name) ?? [],
  );
};
