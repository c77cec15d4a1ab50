import type { Store } from './schema/stores.ts';

/** The provider that keeps what goes into a store once, and the place there: a namespace, a key vault, a region. */
export interface KeeperPlace {
  readonly keeper: 'kubernetes' | 'azure' | 'aws';
  readonly place: string;
}

/** The same for a store of the manifest; undefined where lab keeps nothing of its own: in Vault. */
export const keeperPlace = (store: Store): KeeperPlace | undefined => {
  switch (store.type) {
    case 'kubernetes':
      return { keeper: 'kubernetes', place: store.namespace };
    case 'azure-key-vault':
      return { keeper: 'azure', place: store.name };
    case 'aws-secrets-manager':
      return { keeper: 'aws', place: store.region };
    case 'vault':
      return undefined;
  }
};
