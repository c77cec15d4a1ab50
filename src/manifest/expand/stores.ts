import type { Fields } from '../../engine/value.ts';
import { splitNamespaced } from '../schema/names.ts';
import type { Expose, Store } from '../schema/stores.ts';
import { draft, type Found, type Given, namespaceDraft, wrong } from './draft.ts';
import { kubernetesProvider, kubernetesStoreNeeds, kubernetesStoreParts } from './store-kubernetes.ts';
import { vaultProvider } from './store-vault.ts';

/** Section `stores`: what a store is made of, and the ClusterSecretStore or SecretStores that show it to External Secrets. */
export function* expandStores(given: Given): Generator<Found> {
  for (const [name, store] of Object.entries(given.manifest.stores)) {
    if (store.type === 'kubernetes') yield* kubernetesStoreParts(name, store);
    if (store.expose !== 'none') yield* exposed(given, name, store, store.expose);
  }
}

function* exposed(given: Given, name: string, store: Store, expose: Expose): Generator<Found> {
  const path = ['stores', name];
  if (store.auth === undefined) {
    yield wrong(given, path, 'auth is missing: how External Secrets logs in; or say expose: none');
    return;
  }
  const { namespace: accountNamespace, name: accountName } = store.auth.serviceAccount;
  yield namespaceDraft([...path, 'auth'], accountNamespace);
  yield draft([...path, 'auth'], 'kubernetes.service-account', [accountNamespace, accountName], {
    spec: {},
    ownership: 'contributed',
  });
  const after = store.type === 'kubernetes' ? kubernetesStoreNeeds(name, store) : [];

  if (expose.kind === 'ClusterSecretStore') {
    const provider = providerOf(given, store, undefined);
    const conditions = conditionsFor(given, name, expose.namespaces);
    if (provider === undefined) yield wrong(given, path, noVault);
    if (conditions === undefined) {
      yield wrong(given, path, 'no entry of secrets reads from it; list expose.namespaces, or say expose: none');
    }
    if (provider === undefined || conditions === undefined) return;
    yield draft(path, 'external-secrets.cluster-secret-store', [name], { spec: { provider, ...conditions }, after });
    return;
  }
  for (const namespace of expose.namespaces) {
    const provider = providerOf(given, store, namespace);
    if (provider === undefined) yield wrong(given, path, noVault);
    else if (namespace !== accountNamespace) {
      const text = `a SecretStore in ${namespace} can only log in as a service account of ${namespace}`;
      yield wrong(given, [...path, 'auth', 'serviceAccount'], text);
    } else yield draft(path, 'external-secrets.secret-store', [namespace, name], { spec: { provider }, after });
  }
}

const noVault = 'a store of type vault needs the section vault, with its address';

/** The provider block of External Secrets; `within` is the namespace of a SecretStore. Undefined: no section vault. */
const providerOf = ({ manifest }: Given, store: Store, within: string | undefined): Fields | undefined => {
  switch (store.type) {
    case 'kubernetes':
      return kubernetesProvider(store, within);
    case 'vault':
      return manifest.vault && vaultProvider(manifest.vault.address, store, within);
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
