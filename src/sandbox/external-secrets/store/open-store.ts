import { elementsOf, isMap, type Json, type JsonMap, membersOf, textOf } from '../../kubernetes/json.ts';
import type { KubeObject } from '../../kubernetes/object.ts';
import type { Cluster } from '../cluster.ts';
import { conditionOf } from '../conditions.ts';
import { fail } from '../failure.ts';
import { group } from '../names.ts';
import type { StoreProvider, StoreProviders, StoreReader } from '../readers/reader.ts';
import type { StoreRef } from '../spec.ts';

/** The one provider that a store names, with its block. */
export const providerOf = (
  store: KubeObject,
  providers: StoreProviders,
): { provider: StoreProvider; block: JsonMap } => {
  const [[name, block] = ['', undefined], ...others] = Object.entries(membersOf(membersOf(store['spec'])['provider']));
  if (others.length > 0)
    return fail(
      `store error for ${store.metadata.name}: secret stores must only have exactly one backend specified, found ${others.length + 1}`,
    );
  const provider = Object.hasOwn(providers, name) ? providers[name] : undefined;
  if (provider === undefined) return fail(`the sandbox has no stores of the kind "${name}"`);
  return { provider, block: membersOf(block) };
};

/** Opens the store that an ExternalSecret of a namespace names, if it may use it. */
export const openStore = async (
  cluster: Cluster,
  providers: StoreProviders,
  ref: StoreRef,
  namespace: string,
): Promise<StoreReader> => {
  const scope = ref.kind === 'SecretStore' ? { namespace } : {};
  const store = cluster.objects.get({ group, kind: ref.kind, ...scope, name: ref.name });
  if (store === undefined)
    return fail(`could not get ${ref.kind} "${ref.name}", ${ref.kind}.${group} "${ref.name}" not found`);
  if (ref.kind === 'ClusterSecretStore' && !admits(cluster, store, namespace)) {
    return fail(
      `using cluster store "${ref.name}" is not allowed from namespace "${namespace}": denied by spec.condition`,
    );
  }
  if (conditionOf(store, 'Ready')?.status !== 'True') return fail(`${ref.kind} "${ref.name}" is not ready`);
  const { provider, block } = providerOf(store, providers);
  return provider.open(block, { cluster, store: ref, namespace });
};

/** Whether one of a ClusterSecretStore's conditions names the namespace; without conditions all may use it. */
const admits = (cluster: Cluster, store: KubeObject, name: string): boolean => {
  const conditions = elementsOf(membersOf(store['spec'])['conditions']).map(membersOf);
  if (conditions.length === 0) return true;
  const namespace = cluster.objects.get({ group: '', kind: 'Namespace', name });
  if (namespace === undefined) return fail(`failed to get a namespace "${name}": Namespace "${name}" not found`);
  const labels = { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': name };
  return conditions.some(
    ({ namespaces, namespaceRegexes, namespaceSelector }) =>
      elementsOf(namespaces).includes(name) ||
      // Go's regular expressions, unanchored; those that are written in practice mean the same here.
      elementsOf(namespaceRegexes).some((regex) => new RegExp(textOf(regex) ?? '').test(name)) ||
      (isMap(namespaceSelector) && selects(namespaceSelector, labels)),
  );
};

const selects = ({ matchLabels, matchExpressions }: JsonMap, labels: Readonly<Record<string, string>>): boolean =>
  Object.entries(membersOf(matchLabels)).every(([key, value]) => labels[key] === value) &&
  elementsOf(matchExpressions).every((expression) => holds(membersOf(expression), labels));

const holds = ({ key, operator, values }: JsonMap, labels: Readonly<Record<string, string>>): boolean => {
  const value: Json | undefined = labels[textOf(key) ?? ''];
  const isListed = value !== undefined && elementsOf(values).includes(value);
  if (operator === 'In') return isListed;
  if (operator === 'NotIn') return !isListed;
  return (operator === 'Exists') === (value !== undefined);
};
