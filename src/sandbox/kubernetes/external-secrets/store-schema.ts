import {
  anything,
  atomic,
  boolean,
  byDefault,
  integer,
  listOf,
  object,
  type Schema,
  text,
  textMap,
} from '../schema/schema.ts';
import { choice, namespaceName, objectName, secretKey } from './names.ts';

const secretRef = object({ name: objectName, namespace: namespaceName, key: secretKey });
const accountRef = object({ name: objectName, namespace: namespaceName, audiences: listOf(text) }, ['name']);
const caProvider = object(
  { type: choice(['Secret', 'ConfigMap']), name: objectName, namespace: namespaceName, key: secretKey },
  ['name', 'type'],
);
const accessKeys = object({
  accessKeyIDSecretRef: secretRef,
  secretAccessKeySecretRef: secretRef,
  sessionTokenSecretRef: secretRef,
});

const vaultAuth = object({
  namespace: text,
  tokenSecretRef: secretRef,
  appRole: object({ path: byDefault(text, 'approle'), roleId: text, roleRef: secretRef, secretRef }, [
    'path',
    'secretRef',
  ]),
  kubernetes: object(
    { mountPath: byDefault(text, 'kubernetes'), role: text, serviceAccountRef: accountRef, secretRef },
    ['mountPath', 'role'],
  ),
  jwt: object(
    {
      path: byDefault(text, 'jwt'),
      role: text,
      secretRef,
      kubernetesServiceAccountToken: object(
        { serviceAccountRef: accountRef, audiences: listOf(text), expirationSeconds: integer },
        ['serviceAccountRef'],
      ),
    },
    ['path'],
  ),
  ldap: object({ path: byDefault(text, 'ldap'), username: text, secretRef }, ['path', 'username']),
  userPass: object({ path: byDefault(text, 'userpass'), username: text, secretRef }, ['path', 'username']),
  cert: object({ path: byDefault(text, 'cert'), clientCert: secretRef, secretRef }),
  iam: anything,
});

/** How External Secrets reaches a Vault. */
export const vault = object(
  {
    server: text,
    path: text,
    version: choice(['v1', 'v2'], 'v2'),
    namespace: text,
    caBundle: text,
    caProvider,
    auth: vaultAuth,
    tls: object({ certSecretRef: secretRef, keySecretRef: secretRef }),
    headers: textMap,
    readYourWrites: boolean,
    forwardInconsistent: boolean,
    checkAndSet: object({ required: boolean }),
  },
  ['server'],
);

const azure = object(
  {
    vaultUrl: text,
    tenantId: text,
    authType: choice(['ServicePrincipal', 'ManagedIdentity', 'WorkloadIdentity'], 'ServicePrincipal'),
    environmentType: choice(
      ['PublicCloud', 'USGovernmentCloud', 'ChinaCloud', 'GermanCloud', 'AzureStackCloud'],
      'PublicCloud',
    ),
    identityId: text,
    serviceAccountRef: accountRef,
    authSecretRef: object({
      clientId: secretRef,
      clientSecret: secretRef,
      clientCertificate: secretRef,
      tenantId: secretRef,
    }),
    useAzureSDK: byDefault(boolean, false),
    customCloudConfig: object(
      {
        activeDirectoryEndpoint: text,
        keyVaultEndpoint: text,
        keyVaultDNSSuffix: text,
        resourceManagerEndpoint: text,
      },
      ['activeDirectoryEndpoint'],
    ),
  },
  ['vaultUrl'],
);

const aws = object(
  {
    service: choice(['SecretsManager', 'ParameterStore']),
    region: text,
    role: text,
    additionalRoles: listOf(text),
    externalID: text,
    prefix: text,
    sessionTags: listOf(object({ key: text, value: text }, ['key', 'value'])),
    transitiveTagKeys: listOf(text),
    secretsManager: object({ forceDeleteWithoutRecovery: boolean, recoveryWindowInDays: integer }),
    auth: object({ jwt: object({ serviceAccountRef: accountRef }), secretRef: accessKeys }),
  },
  ['region', 'service'],
);

const google = object({
  projectID: text,
  location: text,
  secretVersionSelectionPolicy: byDefault(text, 'LatestOrFail'),
  auth: object({
    secretRef: object({ secretAccessKeySecretRef: secretRef }),
    workloadIdentity: object(
      { serviceAccountRef: accountRef, clusterLocation: text, clusterName: text, clusterProjectID: text },
      ['serviceAccountRef'],
    ),
    workloadIdentityFederation: anything,
  }),
});

const kubernetes = object({
  remoteNamespace: byDefault(namespaceName, 'default'),
  server: object({ url: byDefault(text, 'kubernetes.default'), caBundle: text, caProvider }),
  auth: {
    ...object({
      cert: object({ clientCert: secretRef, clientKey: secretRef }),
      serviceAccount: accountRef,
      token: object({ bearerToken: secretRef }),
    }),
    minProperties: 1,
    maxProperties: 1,
  },
  authRef: secretRef,
});

const fake = object(
  {
    data: listOf(object({ key: text, value: text, version: text }, ['key', 'value'])),
    validationResult: integer,
  },
  ['data'],
);

/** The stores that are described; of the other thirty anything is taken. */
const provider: Schema = {
  ...object({ vault, azurekv: azure, aws, gcpsm: google, kubernetes, fake }),
  ...anything,
  minProperties: 1,
  maxProperties: 1,
};

const selector = atomic(
  object({
    matchLabels: textMap,
    matchExpressions: listOf(object({ key: text, operator: text, values: listOf(text) }, ['key', 'operator'])),
  }),
);

/** SecretStore and ClusterSecretStore of external-secrets.io/v1, with the defaults of version 0.20.4. */
export const storeSchema: Schema = object({
  spec: object(
    {
      provider,
      controller: text,
      refreshInterval: integer,
      retrySettings: object({ maxRetries: integer, retryInterval: text }),
      conditions: listOf(
        object({ namespaces: listOf(namespaceName), namespaceRegexes: listOf(text), namespaceSelector: selector }),
      ),
    },
    ['provider'],
  ),
  status: object({
    capabilities: text,
    conditions: listOf(
      object({ type: text, status: text, reason: text, message: text, lastTransitionTime: text }, ['status', 'type']),
    ),
  }),
});
