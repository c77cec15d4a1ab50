import { membersOf, textOf } from '../../kubernetes/json.ts';
import type { Cluster } from '../cluster.ts';
import { explaining, fail } from '../failure.ts';
import type { StoreProviders } from '../readers/reader.ts';
import type { GeneratorRef } from '../spec.ts';

const group = 'generators.external-secrets.io';

/** Lets a generator of the ExternalSecret's namespace make new values. The sandbox knows VaultDynamicSecret alone. */
export const generate = async (
  cluster: Cluster,
  providers: StoreProviders,
  namespace: string,
  { kind, name }: GeneratorRef,
): Promise<Map<string, Uint8Array>> => {
  const vault = providers['vault'];
  if (kind !== 'VaultDynamicSecret' || vault?.generate === undefined) {
    return fail(`the sandbox does not know generators of the kind "${kind}"`);
  }
  const found = cluster.objects.get({ group, kind, namespace, name });
  if (found === undefined) {
    return fail(`unable to get generator: vaultdynamicsecrets.${group} "${name}" not found`);
  }
  const { provider, path, method, parameters } = membersOf(found['spec']);
  // As in a SecretStore, references lead to the own namespace only.
  const context = { cluster, namespace, store: { kind: 'SecretStore', name } } as const;
  const isRead = ['', 'GET'].includes(textOf(method) ?? '');
  const call = { path: textOf(path) ?? '', parameters: isRead ? undefined : membersOf(parameters) };
  const asked = vault.generate(membersOf(provider), context, call);
  return new Map(await explaining('error using generator: ', () => asked));
};
