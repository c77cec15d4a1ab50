import { formerCustodians } from './former-custodians.ts';
import { own } from './own.ts';
import type { Manifest } from './schema/manifest.ts';
import type { Store } from './schema/stores.ts';

type Parts = Pick<Manifest, 'vault' | 'stores' | 'fingerprints'>;

/** The stores that something is put into which is no resource there: shares, SecretIDs, the key of the fingerprints. */
export const filledStores = ({ vault, stores, fingerprints }: Parts): readonly Store[] => {
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
  const key = fingerprints?.store === undefined ? [] : [fingerprints.store.name];
  return [...custodians, ...formerCustodians({ vault, stores }), ...delivered, ...key].flatMap(
    (name) => own(stores, name) ?? [],
  );
};
