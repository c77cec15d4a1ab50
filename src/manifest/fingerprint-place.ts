import type { KindFacts, Resource } from '../engine/resource.ts';
import { didYouMean } from '../engine/suggest.ts';
import { isFields } from '../engine/value.ts';
import { type Complaint, placeOf } from './complaint.ts';
import { type Given, keyOrigin, whereElse, wrong } from './expand/draft.ts';
import { parseRemote } from './expand/remote.ts';
import { remoteAddress } from './expand/remote-object.ts';
import type { FingerprintPlace } from './expanded.ts';
import { keeperPlace } from './keeper-place.ts';
import { own } from './own.ts';
import type { Manifest } from './schema/manifest.ts';
import type { Namespaced } from './schema/names.ts';
import { originOf } from './yaml/tree.ts';

type Kinds = ReadonlyMap<string, KindFacts>;
type StoreKey = NonNullable<NonNullable<Manifest['fingerprints']>['store']>;

const inSecret = ['fingerprints', 'secret'];
const inStore = ['fingerprints', 'store'];

/** Where a manifest without complaints says that the key lies. */
export const fingerprintPlace = (given: Given): FingerprintPlace => {
  const { secret, store: named } = given.manifest.fingerprints ?? {};
  if (secret !== undefined) return { in: 'secret', ...secret, at: placeOf(originOf(given.tree, inSecret)) };
  const store = named && own(given.manifest.stores, named.name);
  const place = store && keeperPlace(store);
  if (named === undefined || place === undefined) return { in: 'file' };
  return { in: 'store', store: named.name, key: named.key, ...place, at: placeOf(originOf(given.tree, inStore)) };
};

/** What the key may not be: a secret of the manifest, in reach of its stores, or gone after a destroy. */
export const keyComplaints = (given: Given, resources: readonly Resource[], kinds: Kinds): Complaint[] => {
  const { fingerprints } = given.manifest;
  if (fingerprints === undefined) return [];
  const { secret, store } = fingerprints;
  if ((secret === undefined) === (store === undefined)) {
    return [wrong(given, ['fingerprints'], 'must name one place: {secret: NAMESPACE/NAME} or {store: STORE/KEY}')];
  }
  return [
    ...(secret === undefined ? [] : secretComplaints(given, secret, resources, kinds)),
    ...(store === undefined ? [] : storeComplaints(given, store, resources)),
  ];
};

const isOneOfOurs = ({ origin }: Resource): string =>
  `is a secret of this manifest, at ${whereElse(origin)}; the key needs one of its own`;

const storeComplaints = (given: Given, { name, key }: StoreKey, resources: readonly Resource[]): Complaint[] => {
  const complain = (text: string): Complaint[] => [wrong(given, inStore, text)];
  const { stores } = given.manifest;
  const store = own(stores, name);
  if (store === undefined) return complain(`there is no store ${name}${didYouMean(name, Object.keys(stores))}`);
  if (store.type === 'vault')
    return complain('lies in Vault, which is sealed, or not there yet, when the key is needed');
  if (store.type === 'kubernetes') return complain('lies in the cluster; write secret: NAMESPACE/NAME for that');
  if (store.type === 'azure-key-vault' && store.manage === 'create') {
    return complain('is made by this manifest; the key needs a key vault that is there before (manage: existing)');
  }
  if (store.expose !== 'none') {
    return complain('is exposed to External Secrets; the key needs a store with expose: none');
  }
  const parsed = parseRemote(key, store);
  if (!parsed.ok) return complain(parsed.problem);
  const { remote } = parsed;
  if (remote.property !== undefined)
    return complain('is a part of a secret; the key needs one of its own, without "#"');
  if (key.startsWith('lab-vault-')) {
    return complain('names that begin with "lab-vault-" are those of an escrow; choose another');
  }
  const address = remoteAddress({ store, remote });
  return resources.filter((one) => one.address === address).flatMap((one) => complain(isOneOfOurs(one)));
};

const secretComplaints = (
  given: Given,
  place: Namespaced,
  resources: readonly Resource[],
  kinds: Kinds,
): Complaint[] => {
  const { namespace, name } = place;
  const complain = (text: string): Complaint => wrong(given, inSecret, text);
  const stores = Object.entries(given.manifest.stores).filter(
    ([, store]) => store.type === 'kubernetes' && store.namespace === namespace,
  );
  return [
    ...(name.startsWith('lab.') ? [complain('names that begin with "lab." are those of states; choose another')] : []),
    ...resources.filter((resource) => isOrMakes(resource, place, kinds)).map((one) => complain(isOneOfOurs(one))),
    ...resources
      .filter(({ kind, parts, ownership }) => isNamespace(kind) && ownership === 'owned' && parts[0] === namespace)
      .map(({ origin }) => complain(`lies in a namespace that lab destroy deletes, at ${whereElse(origin)}`)),
    ...stores.map(([store]) =>
      complain(
        `lies in the namespace of a store, at ${whereElse(keyOrigin(given, ['stores', store]))}, which reads all Secrets there`,
      ),
    ),
  ];
};

const isNamespace = (kind: string): boolean => kind === 'kubernetes.namespace';

const isOrMakes = (
  { kind, parts, spec }: Resource,
  { namespace, name }: Namespaced,
  kinds: ReadonlyMap<string, KindFacts>,
): boolean => {
  if (kind !== 'kubernetes.secret' && kind !== 'external-secrets.external-secret') return false;
  const [itsNamespace, itsName] = kinds.get(kind)?.identify(parts, spec) ?? [];
  const target = spec['target'];
  const targetName = isFields(target) ? target['name'] : undefined;
  return itsNamespace === namespace && (targetName ?? itsName) === name;
};
