import { isDeepStrictEqual } from 'node:util';
import { providerOf } from '../../engine/address.ts';
import type { Fields } from '../../engine/value.ts';
import type { Complaint } from '../complaint.ts';
import type { Expose } from '../schema/expose.ts';
import { splitNamespaced } from '../schema/names.ts';
import type { Store } from '../schema/stores.ts';
import { type Draft, draft, type Found, type Given, wrong } from './draft.ts';
import { checkHidden } from './hidden-stores.ts';
import { operatorNamespace } from './install.ts';
import { expandStoreAuth } from './store-auth.ts';
import { awsStoreNeeds, expandIamUser } from './store-aws.ts';
import { azureStoreNeeds, azureStoreParts } from './store-azure.ts';
import { awsProvider, azureProvider } from './store-cloud.ts';
import { kubernetesProvider, kubernetesStoreNeeds, kubernetesStoreParts } from './store-kubernetes.ts';
import { credentialRefs } from './store-refs.ts';
import { vaultProvider } from './store-vault.ts';

/** Section `stores`: what a store is made of, and the ClusterSecretStore or SecretStores that show it to External Secrets. */
export function* expandStores(given: Given): Generator<Found> {
  yield* checkHidden(given);
  const shared = new Map<string, Draft>();
  for (const found of eachStore(given)) {
    // Groups, identities and trust of Azure may serve several stores, which then say the same of them.
    if (found.is === 'draft' && providerOf(found.kind) === 'azure') {
      const same = shared.get(found.address);
      if (same !== undefined && same.ownership === found.ownership && isDeepStrictEqual(same.spec, found.spec))
        continue;
      shared.set(found.address, found);
    }
    yield found;
  }
}

function* eachStore(given: Given): Generator<Found> {
  for (const [name, store] of Object.entries(given.manifest.stores)) {
    if (store.type === 'kubernetes') yield* kubernetesStoreParts(name, store);
    if (store.type === 'azure-key-vault') yield* azureStoreParts(given, name, store);
    if (store.expose !== 'none') yield* exposed(given, name, store, store.expose);
  }
}

function* exposed(given: Given, name: string, store: Store, expose: Expose): Generator<Found> {
  const path = ['stores', name];
  const block = blockOf(given, name, store);
  if (typeof block !== 'function') {
    yield block;
    return;
  }
  const cluster = expose.kind === 'ClusterSecretStore';
  const namespaces = cluster ? [operatorNamespace(given.manifest)] : expose.namespaces;
  if (store.auth !== undefined) yield* expandStoreAuth(given, name, store.auth, namespaces);
  if (store.auth?.type === 'iam-user' && store.type === 'aws-secrets-manager') {
    yield* expandIamUser(given, { name, region: store.region, auth: store.auth, namespaces });
  }
  const after = needsOf(given, name, store);

  if (cluster) {
    const conditions = conditionsFor(given, name, expose.namespaces);
    if (conditions === undefined) {
      yield wrong(given, path, 'no entry of secrets reads from it; list expose.namespaces, or say expose: none');
      return;
    }
    const spec = { provider: block(undefined), ...conditions };
    yield draft(path, 'external-secrets.cluster-secret-store', [name], { spec, after });
    return;
  }
  for (const namespace of expose.namespaces) {
    if (
      store.auth !== undefined &&
      'serviceAccount' in store.auth &&
      store.auth.serviceAccount.namespace !== namespace
    ) {
      const text = `a SecretStore in ${namespace} can only log in as a service account of ${namespace}`;
      yield wrong(given, [...path, 'auth', 'serviceAccount'], text);
      continue;
    }
    yield draft(path, 'external-secrets.secret-store', [namespace, name], {
      spec: { provider: block(namespace) },
      after,
    });
  }
}

/** What lets External Secrets read from a store; the kind itself knows the rest of what comes first. */
const needsOf = (given: Given, name: string, store: Store): readonly string[] => {
  if (store.type === 'kubernetes') return kubernetesStoreNeeds(name, store);
  if (store.type === 'azure-key-vault') return azureStoreNeeds(given, name, store);
  return store.type === 'aws-secrets-manager' ? awsStoreNeeds(name, store) : [];
};

/** The provider block of External Secrets; `within` is the namespace of a SecretStore. */
type ProviderBlock = (within: string | undefined) => Fields;

/** How a store's provider block is made, or what it lacks for that. */
const blockOf = (given: Given, name: string, store: Store): ProviderBlock | Complaint => {
  const { vault, expect } = given.manifest;
  const path = ['stores', name];
  const refs = (within: string | undefined) => credentialRefs(name, operatorNamespace(given.manifest), within);
  // Only AWS has an identity that External Secrets finds by itself.
  if (store.type === 'aws-secrets-manager') return (within) => awsProvider(store, refs(within), within);
  if (store.auth === undefined) {
    return wrong(given, path, 'auth is missing: how External Secrets logs in; or say expose: none');
  }
  switch (store.type) {
    case 'kubernetes':
      return (within) => kubernetesProvider(store, within);
    case 'vault':
      if (vault === undefined) {
        return wrong(given, path, 'a store of type vault needs the section vault, with its address');
      }
      return (within) => vaultProvider(vault.address, store, within);
    case 'azure-key-vault': {
      const { auth } = store;
      const tenant = (auth.type === 'service-principal' ? auth.tenant : undefined) ?? expect?.azure?.tenant;
      if (tenant === undefined && auth.type === 'service-principal') {
        return wrong(given, [...path, 'auth'], 'tenant is missing; write it here, or in expect.azure.tenant');
      }
      return (within) => azureProvider({ ...store, auth }, tenant ?? '', refs(within), within);
    }
  }
};

// No conditions at all would open the store to every namespace, so `auto` without readers is no answer.
const conditionsFor = (
  given: Given,
  name: string,
  namespaces: 'auto' | 'all' | readonly string[],
): Fields | undefined => {
  if (namespaces === 'all') return {};
  const listed = namespaces === 'auto' ? readersOf(given, name) : namespaces;
  return listed.length === 0 ? undefined : { conditions: [{ namespaces: [...new Set(listed)].toSorted() }] };
};

/** The namespaces of the secrets that read from a store. */
const readersOf = (given: Given, store: string): readonly string[] =>
  Object.entries(given.manifest.secrets)
    .filter(([, { readFrom }]) => readFrom.includes(store))
    .map(([key]) => splitNamespaced(key).namespace);
