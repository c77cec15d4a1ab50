import type { z } from 'zod';
import type { Fields } from '../../engine/value.ts';
import type { Namespaced } from '../schema/names.ts';
import type { configMapCa } from '../schema/stores.ts';

// References inside provider blocks. In a SecretStore they may only mean its own namespace: External Secrets refuses
// `caProvider.namespace` there and takes its own for the rest.

/** A reference to a service account. */
export const serviceAccountRef = (account: Namespaced, within: string | undefined): Fields =>
  within === undefined ? { name: account.name, namespace: account.namespace } : { name: account.name };

/** Where External Secrets finds a CA certificate. */
export const caProvider = (ca: z.output<typeof configMapCa>, within: string | undefined): Fields => ({
  type: 'ConfigMap',
  name: ca.configMap.name,
  key: ca.key,
  ...(within === undefined ? { namespace: ca.configMap.namespace } : {}),
});

/** The Secret with a store's static credential. */
export const credentialName = (store: string): string => `lab-store-${store}`;

/** How a provider block names one of its keys. */
export type CredentialRef = (key: string) => Fields;

/** References to its keys; `namespace` is where it lies for a ClusterSecretStore. */
export const credentialRefs =
  (store: string, namespace: string, within: string | undefined): CredentialRef =>
  (key) => ({ name: credentialName(store), key, ...(within === undefined ? { namespace } : {}) });
