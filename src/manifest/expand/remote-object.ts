import { address } from '../../engine/address.ts';
import type { Read } from './reads.ts';

/** The object in the store that a key is read from: kind and parts of its address. */
export const remoteObject = ({
  store,
  remote,
}: Pick<Read, 'store' | 'remote'>): { kind: string; parts: readonly string[] } => {
  switch (store.type) {
    case 'kubernetes':
      return { kind: 'kubernetes.secret', parts: [store.namespace, remote.key] };
    case 'vault':
      return { kind: 'vault.kv-secret', parts: [store.mount, remote.key] };
    case 'azure-key-vault':
      // Azure takes no notice of case: two spellings are one secret.
      return { kind: 'azure.key-vault-secret', parts: [store.name, remote.key.toLowerCase()] };
    case 'aws-secrets-manager':
      return { kind: 'aws.secrets-manager-secret', parts: [store.region, remote.key] };
  }
};

/** Its address. */
export const remoteAddress = (place: Pick<Read, 'store' | 'remote'>): string => {
  const { kind, parts } = remoteObject(place);
  return address(kind, ...parts);
};
