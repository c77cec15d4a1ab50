import type { KindFacts, Resource } from '../engine/resource.ts';
import { isFields } from '../engine/value.ts';
import { type Complaint, placeOf } from './complaint.ts';
import { type Given, keyOrigin, whereElse, wrong } from './expand/draft.ts';
import type { FingerprintPlace } from './expanded.ts';
import type { Namespaced } from './schema/names.ts';
import { originOf } from './yaml/tree.ts';

const path = ['fingerprints', 'secret'];

/** Where the manifest says that the key lies. */
export const fingerprintPlace = (given: Given): FingerprintPlace => {
  const { fingerprints } = given.manifest;
  if (fingerprints === undefined) return { in: 'file' };
  return { in: 'secret', ...fingerprints.secret, at: placeOf(originOf(given.tree, path)) };
};

/** What the key may not be: a secret of the manifest, in reach of its stores, or gone after a destroy. */
export const keyComplaints = (
  given: Given,
  resources: readonly Resource[],
  kinds: ReadonlyMap<string, KindFacts>,
): Complaint[] => {
  const place = given.manifest.fingerprints?.secret;
  if (place === undefined) return [];
  const { namespace, name } = place;
  const complain = (text: string): Complaint => wrong(given, path, text);
  const stores = Object.entries(given.manifest.stores).filter(
    ([, store]) => store.type === 'kubernetes' && store.namespace === namespace,
  );
  return [
    ...(name.startsWith('lab.') ? [complain('names that begin with "lab." are those of states; choose another')] : []),
    ...resources
      .filter((resource) => isOrMakes(resource, place, kinds))
      .map(({ origin }) =>
        complain(`is a secret of this manifest, at ${whereElse(origin)}; the key needs one of its own`),
      ),
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
