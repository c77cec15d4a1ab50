import type { Fields } from '../../engine/value.ts';
import { cloudOf } from '../schema/cloud-names.ts';
import type { AwsStore, AzureStore } from '../schema/cloud-stores.ts';
import { type CredentialRef, serviceAccountRef } from './store-refs.ts';

/** The provider block `azurekv`. */
export const azureProvider = ({ name, url }: AzureStore, tenantId: string, ref: CredentialRef): Fields => {
  const { environmentType } = cloudOf(url);
  return {
    azurekv: {
      authType: 'ServicePrincipal',
      tenantId,
      vaultUrl: url ?? `https://${name}.vault.azure.net`,
      // What External Secrets takes where there is none.
      ...(environmentType === 'PublicCloud' ? {} : { environmentType }),
      authSecretRef: { clientId: ref('client-id'), clientSecret: ref('client-secret') },
    },
  };
};

/** The provider block `aws`. Without auth, External Secrets logs in as what its own pod is. */
export const awsProvider = ({ region, auth }: AwsStore, ref: CredentialRef, within: string | undefined): Fields => ({
  aws: { service: 'SecretsManager', region, ...(auth === undefined ? {} : { auth: awsAuth(auth, ref, within) }) },
});

const awsAuth = (auth: NonNullable<AwsStore['auth']>, ref: CredentialRef, within: string | undefined): Fields => {
  switch (auth.type) {
    case 'access-keys':
      return {
        secretRef: {
          accessKeyIDSecretRef: ref('access-key-id'),
          secretAccessKeySecretRef: ref('secret-access-key'),
        },
      };
    case 'irsa':
      return { jwt: { serviceAccountRef: serviceAccountRef(auth.serviceAccount, within) } };
  }
};
