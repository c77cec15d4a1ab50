import type { Fields } from '../../engine/value.ts';
import { cloudOf } from '../schema/cloud-names.ts';
import type { AwsStore } from '../schema/store-aws.ts';
import type { AzureAuth, AzureStore } from '../schema/store-azure.ts';
import { existingIdentity, outputOf } from './azure-identity.ts';
import { type CredentialRef, serviceAccountRef } from './store-refs.ts';

/** The provider block `azurekv`; `tenant` is what a service principal logs in to. */
export const azureProvider = (
  { name, url, auth }: AzureStore & { readonly auth: AzureAuth },
  tenant: string,
  ref: CredentialRef,
  within: string | undefined,
): Fields => {
  const { environmentType } = cloudOf(url);
  return {
    azurekv: {
      ...azureLogin(auth, tenant, ref, within),
      vaultUrl: url ?? `https://${name}.vault.azure.net`,
      // What External Secrets takes where there is none.
      ...(environmentType === 'PublicCloud' ? {} : { environmentType }),
    },
  };
};

const azureLogin = (auth: AzureAuth, tenantId: string, ref: CredentialRef, within: string | undefined): Fields => {
  switch (auth.type) {
    case 'service-principal':
      return {
        authType: 'ServicePrincipal',
        tenantId,
        authSecretRef: { clientId: ref('client-id'), clientSecret: ref('client-secret') },
      };
    case 'workload-identity':
      return { authType: 'WorkloadIdentity', serviceAccountRef: serviceAccountRef(auth.serviceAccount, within) };
    case 'managed-identity':
      return {
        authType: 'ManagedIdentity',
        ...(auth.identity === undefined
          ? {}
          : { identityId: outputOf(existingIdentity(auth.identity.existing), 'clientId') }),
      };
  }
};

/** The provider block `aws`. Without auth, External Secrets logs in as what its own pod is. */
export const awsProvider = ({ region, auth }: AwsStore, ref: CredentialRef, within: string | undefined): Fields => ({
  aws: { service: 'SecretsManager', region, ...(auth === undefined ? {} : { auth: awsAuth(auth, ref, within) }) },
});

const awsAuth = (auth: NonNullable<AwsStore['auth']>, ref: CredentialRef, within: string | undefined): Fields => {
  switch (auth.type) {
    case 'access-keys':
    case 'iam-user':
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
