import type { Fields } from '../../engine/value.ts';
import type { VaultStore } from '../schema/stores.ts';
import { caProvider, serviceAccountRef } from './store-refs.ts';

/** The provider block `vault`. */
export const vaultProvider = (server: string, store: VaultStore, within: string | undefined): Fields => {
  const { auth, ca } = store;
  return {
    vault: {
      server,
      path: store.mount,
      version: 'v2',
      ...(ca === undefined ? {} : { caProvider: caProvider(ca, within) }),
      ...(auth === undefined
        ? {}
        : {
            auth: {
              kubernetes: {
                mountPath: auth.path,
                role: auth.role,
                serviceAccountRef: {
                  ...serviceAccountRef(auth.serviceAccount, within),
                  ...(auth.audiences === undefined || auth.audiences.length === 0 ? {} : { audiences: auth.audiences }),
                },
              },
            },
          }),
    },
  };
};
