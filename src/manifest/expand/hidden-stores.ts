import type { Complaint } from '../complaint.ts';
import type { AzureAuth } from '../schema/store-azure.ts';
import type { Store } from '../schema/stores.ts';
import { originOf } from '../yaml/tree.ts';
import { type Given, whereElse, wrong } from './draft.ts';

/** Complains of stores that open to External Secrets what another store of the manifest keeps from it with expose: none. */
export function* checkHidden(given: Given): Generator<Complaint> {
  const stores = Object.entries(given.manifest.stores);
  for (const [hidden, kept] of stores.filter(([, { expose }]) => expose === 'none')) {
    for (const [name, store] of stores.filter(([, { expose }]) => expose !== 'none')) {
      const opened = opens(store, kept);
      if (opened === undefined) continue;
      const where = whereElse(originOf(given.tree, ['stores', hidden]));
      const text = `lets External Secrets read ${opened}, which ${where} keeps from it with expose: none`;
      yield wrong(given, ['stores', name], text);
    }
  }
}

/** What of a hidden store an exposed one opens for sure: all of it, whatever its keys. */
const opens = (store: Store, hidden: Store): string | undefined => {
  if (store.type === 'azure-key-vault' && hidden.type === 'azure-key-vault') {
    return store.name === hidden.name && readsAll(store.auth) ? `the vault ${store.name}` : undefined;
  }
  if (store.type === 'aws-secrets-manager' && hidden.type === 'aws-secrets-manager') {
    const isSame = store.region === hidden.region && store.account === hidden.account;
    const isAll = store.auth?.type === 'irsa' && store.auth.grant?.of === 'vault';
    return isSame && isAll ? `all of ${store.region}` : undefined;
  }
  return undefined;
};

// Rights that somebody else gave are for the whole vault, as far as anybody can tell.
const readsAll = (auth: AzureAuth | undefined): boolean => {
  switch (auth?.type) {
    case undefined:
      return false;
    case 'service-principal':
      return true;
    case 'workload-identity':
      return auth.grant?.of === 'vault';
    case 'managed-identity':
      return auth.grant === undefined || auth.grant.of === 'vault';
  }
};
