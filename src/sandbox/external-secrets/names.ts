import { hashOf } from './hashes.ts';

/** The group and version of what the operator serves. */
export const group = 'external-secrets.io';
export const apiVersion = `${group}/v1`;

/** Marks on a target Secret. */
export const managedLabel = 'reconcile.external-secrets.io/managed';
export const ownerLabel = 'reconcile.external-secrets.io/created-by';
export const hashAnnotation = 'reconcile.external-secrets.io/data-hash';

/** Holds an ExternalSecret until its clean-up is done. */
export const cleanupFinalizer = 'externalsecrets.external-secrets.io/externalsecret-cleanup';

/** The manager of fields that the operator itself writes. */
export const operatorManager = 'external-secrets';

/** The manager of the target's fields: one per ExternalSecret, by which it knows its own fields again. */
export const targetManager = (name: string): string => {
  const manager = `externalsecrets.external-secrets.io/${name}`;
  return manager.length > 63 ? `externalsecrets.external-secrets.io/sha3/${hashOf(name)}` : manager;
};

/** The value of the owner label. */
export const ownerHash = (namespace: string, name: string): string => hashOf(`${namespace}/${name}`);
