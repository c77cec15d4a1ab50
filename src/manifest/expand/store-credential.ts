import { fromSource, type Source } from '../../secrets/source.ts';
import { placeOf } from '../complaint.ts';
import { originOf } from '../yaml/tree.ts';
import { draft, type Found, type Given, namespaceDraft, warning } from './draft.ts';
import { credentialName } from './store-refs.ts';

/** A key of the Secret, where its value comes from, and the field of `auth` that says so. */
interface CredentialValue {
  readonly key: string;
  readonly field: string;
  readonly source: Source;
}

/** The Secret with a static credential that External Secrets logs in to a store with. */
export function* credential(
  given: Given,
  store: string,
  namespace: string,
  values: readonly CredentialValue[],
): Generator<Found> {
  const path = ['stores', store, 'auth'];
  const data = values.map(({ key, field, source }) => {
    const at = placeOf(originOf(given.tree, [...path, field, ...(source.from === 'store' ? [] : [source.from])]));
    return [key, fromSource({ source, onMissingSource: 'keep', onExternalChange: 'keep', at })] as const;
  });
  const name = credentialName(store);
  yield namespaceDraft(path, namespace);
  yield draft(path, 'kubernetes.secret', [namespace, name], { spec: { data: Object.fromEntries(data) } });
  const advice = 'use workload identity where the cluster has one';
  yield warning(given, path, 'STATIC_CREDENTIAL', `a static credential lies in Secret ${namespace}/${name}; ${advice}`);
}
