import type { Path } from '../../engine/path.ts';
import type { Namespaced } from '../schema/names.ts';
import type { StoreAuth } from '../schema/stores.ts';
import { draft, type Found, type Given, namespaceDraft } from './draft.ts';
import { expandIrsa } from './store-aws.ts';
import { credential } from './store-credential.ts';

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
        { key: 'client-id', field: 'clientId', source: clientId },
        { key: 'client-secret', field: 'clientSecret', source: clientSecret },
      ];
      for (const namespace of namespaces) yield* credential(given, store, namespace, values);
      return;
    }
    case 'access-keys': {
      const values = [
        { key: 'access-key-id', field: 'id', source: auth.id },
        { key: 'secret-access-key', field: 'secret', source: auth.secret },
      ];
      for (const namespace of namespaces) yield* credential(given, store, namespace, values);
      return;
    }
    case 'irsa':
      yield* expandIrsa(given, store, auth);
      return;
    case 'iam-user':
    case 'workload-identity':
    case 'managed-identity':
      // What is in a cloud, and what comes from there, belongs to the parts of that cloud's store.
      return;
  }
}

function* accountParts(path: Path, { namespace, name }: Namespaced): Generator<Found> {
  yield namespaceDraft(path, namespace);
  yield draft(path, 'kubernetes.service-account', [namespace, name], { spec: {}, ownership: 'contributed' });
}
