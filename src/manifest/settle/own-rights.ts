import { address, providerOf } from '../../engine/address.ts';
import type { KindFacts, Resource, Right } from '../../engine/resource.ts';
import { byPlace, rightsOf } from '../../engine/rights.ts';
import type { Fields } from '../../engine/value.ts';
import type { VaultSection } from '../schema/vault.ts';

/** Whose policy it is, and how that one logs in. */
export interface Need {
  readonly command: 'plan' | 'apply';
  readonly login: string | undefined;
}

/** Policies that are computed from everything else, by address. */
export type Computed = ReadonlyMap<string, Need>;

type Kinds = ReadonlyMap<string, KindFacts>;
type Known = Pick<Resource, 'kind' | 'parts' | 'spec' | 'ownership'>;

/** What a computed policy says until everything else is known. */
export const unfilled: Fields = { paths: { 'auth/token/lookup-self': ['read'] } };

/** The computed policies of a manifest. */
export const computedPolicies = (vault: VaultSection | undefined): Computed =>
  new Map(
    Object.entries(vault?.policies ?? {}).flatMap(([name, { computed: command }]) =>
      command === undefined
        ? []
        : [[address('vault.policy', name), { command, login: vault?.login[command].auth }] as const],
    ),
  );

/** What lab needs in Vault for one command, by path: the policy of its own login. */
export const vaultPaths = (
  resources: readonly Known[],
  kinds: Kinds,
  { command, login }: Need,
): Readonly<Record<string, readonly string[]>> =>
  byPlace([
    ...vaultRights(resources, kinds, command),
    // A token that somebody else made is looked up before it is used.
    ...(login === 'token' ? [{ action: 'read', on: 'auth/token/lookup-self' }] : []),
  ]);

const vaultRights = (resources: readonly Known[], kinds: Kinds, command: Need['command']): readonly Right[] =>
  rightsOf(resources, kinds, command).flatMap(({ provider, right }) => (provider === 'vault' ? right : []));

/** Fills in what depends on everything else: computed policies, and what lab's own login is held against before root goes. */
export const withOwnRights = (resources: readonly Resource[], kinds: Kinds, computed: Computed): readonly Resource[] =>
  resources.map((resource): Resource => {
    const need = computed.get(resource.address);
    if (need !== undefined) return { ...resource, spec: { paths: vaultPaths(resources, kinds, need) } };
    // A policy that is computed comes first: what is new in the manifest may not even be looked at before.
    const dependsOn = isLater(resource, kinds)
      ? [...new Set([...resource.dependsOn, ...computed.keys()])].toSorted()
      : resource.dependsOn;
    if (resource.kind !== 'vault.root-revocation') return { ...resource, dependsOn };
    const needed = vaultRights(resources, kinds, 'apply').filter(({ optional }) => optional !== true);
    return { ...resource, dependsOn, spec: { manages: byPlace(needed) } };
  });

/** What is behind the server itself and its log. */
const isLater = ({ kind, parts, spec }: Resource, kinds: Kinds): boolean =>
  providerOf(kind) === 'vault' && kind !== 'vault.audit-device' && kinds.get(kind)?.opens(parts, spec).length === 0;

/**
 * What state knows and the manifest no longer has still has to be removed: until it is, its rights stay in the computed
 * policies.
 */
export const withRightsForRemoval = (
  resources: readonly Resource[],
  kinds: Kinds,
  computed: Computed,
  records: readonly { readonly address: string; readonly kind: string; readonly id: readonly string[] }[],
): readonly Resource[] => {
  const wanted = new Set(resources.map((resource) => resource.address));
  const gone = records
    .filter((record) => !wanted.has(record.address))
    .map(({ kind, id }): Known => ({ kind, parts: id, spec: {}, ownership: 'owned' }));
  if (gone.length === 0) return resources;
  return resources.map((resource) => {
    const need = computed.get(resource.address);
    return need === undefined
      ? resource
      : { ...resource, spec: { paths: vaultPaths([...resources, ...gone], kinds, need) } };
  });
};
