import type { Path } from '../../engine/traits.ts';
import { fromSource, type Source } from '../../secrets/source.ts';
import { placeOf } from '../complaint.ts';
import type { Namespaced } from '../schema/names.ts';
import type { StoreAuth } from '../schema/stores.ts';
import { originOf } from '../yaml/tree.ts';
import { draft, type Found, type Given, namespaceDraft, warning } from './draft.ts';
import { expandIrsa } from './store-aws.ts';
import { credentialName } from './store-refs.ts';

/** What External Secrets logs in to a store with: a service account, or a Secret beside each object that shows the store. */
export function* expandStoreAuth(
  given: Given,
  store: string,
  auth: StoreAuth,
  namespaces: readonly string[],
): Generator<Found> {
  const path = ['stores', store, 'auth'];
  switch (auth.type) {
    case 'service-account':
    case 'kubernetes':
      yield* accountParts(path, auth.serviceAccount);
      return;
    case 'service-principal': {
      const { clientId, clientSecret } = auth;
      const values = [
        valueOf('client-id', 'clientId', clientId),
        valueOf('client-secret', 'clientSecret', clientSecret),
      ];
      for (const namespace of namespaces) yield* credential(given, store, namespace, values);
      return;
    }
    case 'access-keys': {
      const values = [valueOf('access-key-id', 'id', auth.id), valueOf('secret-access-key', 'secret', auth.secret)];
      for (const namespace of namespaces) yield* credential(given, store, namespace, values);
      return;
    }
    case 'irsa':
      yield* expandIrsa(given, store, auth);
      return;
    case 'workload-identity':
    case 'managed-identity':
      // Nothing lies in the cluster; what is in Azure belongs to the vault's own parts.
      return;
  }
}

function* accountParts(path: Path, { namespace, name }: Namespaced): Generator<Found> {
  yield namespaceDraft(path, namespace);
  yield draft(path, 'kubernetes.service-account', [namespace, name], { spec: {}, ownership: 'contributed' });
}

/** A key of the Secret, and the field of `auth` that says where its value comes from. */
interface CredentialValue {
  readonly key: string;
  readonly field: string;
  readonly source: Source;
}

const valueOf = (key: string, field: string, source: Source): CredentialValue => ({ key, field, source });

function* credential(
  given: Given,
  store: string,
  namespace: string,
  values: readonly CredentialValue[],
): Generator<Found> {
  const path = ['stores', store, 'auth'];
  const data = values.map(({ key, field, source }) => {
    const at = placeOf(originOf(given.tree, [...path, field, source.from]));
    return [key, fromSource({ source, onMissingSource: 'keep', onExternalChange: 'keep', at })] as const;
  });
  const name = credentialName(store);
  yield namespaceDraft(path, namespace);
  yield draft(path, 'kubernetes.secret', [namespace, name], { spec: { data: Object.fromEntries(data) } });
  const advice = 'use workload identity where the cluster has one';
  yield warning(given, path, 'STATIC_CREDENTIAL', `a static credential lies in Secret ${namespace}/${name}; ${advice}`);
}
