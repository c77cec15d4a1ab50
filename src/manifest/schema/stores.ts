import { z } from 'zod';
import { expose } from './expose.ts';
import { dataKeyName, namespaced, namespaceName, vaultPath } from './names.ts';
import { awsStore } from './store-aws.ts';
import { azureStore } from './store-azure.ts';

/** A CA certificate in a ConfigMap of the cluster. */
export const configMapCa = z.strictObject({
  configMap: namespaced().describe('NAMESPACE/NAME'),
  key: dataKeyName().default('ca.crt'),
});

const serviceAccountAuth = z.strictObject({
  type: z.literal('service-account'),
  serviceAccount: namespaced().describe('NAMESPACE/NAME of the service account that External Secrets reads as'),
});

const vaultKubernetesAuth = z.strictObject({
  type: z.literal('kubernetes'),
  path: vaultPath().describe('Mount path of the auth method'),
  role: vaultPath(),
  serviceAccount: namespaced(),
  audiences: z.array(z.string()).optional(),
});

/** Secrets of one namespace of a cluster: a stand-in for a cloud store. */
const kubernetesStore = z.strictObject({
  type: z.literal('kubernetes'),
  manage: z.enum(['create', 'existing']).default('create').describe('existing: lab makes no namespace and no roles'),
  namespace: namespaceName(),
  server: z
    .strictObject({
      url: z.string().default('https://kubernetes.default.svc'),
      ca: configMapCa.optional().describe('Default: kube-root-ca.crt of the namespace'),
    })
    .optional(),
  auth: z.discriminatedUnion('type', [serviceAccountAuth]).optional(),
  expose,
});

/** A KV v2 mount of the Vault in section `vault`. */
const vaultStore = z.strictObject({
  type: z.literal('vault'),
  mount: vaultPath(),
  ca: configMapCa.optional().describe("What signs Vault's certificate"),
  auth: z.discriminatedUnion('type', [vaultKubernetesAuth]).optional(),
  expose,
});

/** A place that secrets are read from, and written to. */
export const store = z.discriminatedUnion('type', [kubernetesStore, vaultStore, azureStore, awsStore]);

/** One entry of `stores`. */
export type Store = z.output<typeof store>;

/** One of type kubernetes. */
export type KubernetesStore = z.output<typeof kubernetesStore>;

/** One of type vault. */
export type VaultStore = z.output<typeof vaultStore>;

/** How External Secrets logs in to a store. */
export type StoreAuth = NonNullable<Store['auth']>;
