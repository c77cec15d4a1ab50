import { isAwsSecretName, isAzureSecretName } from '../schema/cloud-names.ts';
import { isDataKey, isObjectName, isVaultPath } from '../schema/names.ts';
import type { Store } from '../schema/stores.ts';

/** One value in a store. Without a property it is all that the key holds. */
export interface Remote {
  readonly key: string;
  readonly property?: string;
}

/** What `KEY` or `KEY#PROPERTY` means in one store, or what is wrong with it there. */
export type ParsedRemote =
  | { readonly ok: true; readonly remote: Remote }
  | { readonly ok: false; readonly problem: string };

/**
 * Takes a remote key apart by the store's own grammar, which gives each value exactly one name.
 * Vault: External Secrets cuts `MOUNT/` and `data/` off a key, so a key that starts so would be another one there.
 * Clouds: a property is one of a JSON value; to External Secrets other characters are a query over it.
 */
export const parseRemote = (text: string, store: Store): ParsedRemote => {
  const hash = text.indexOf('#');
  const key = hash < 0 ? text : text.slice(0, hash);
  const property = hash < 0 ? undefined : text.slice(hash + 1);
  switch (store.type) {
    case 'kubernetes':
      if (!isObjectName(key)) return bad(`"${key}" cannot name a Secret; use lower-case letters, digits, "-" and "."`);
      if (property !== undefined && !isDataKey(property)) return bad(`"${property}" cannot be a key of a Secret`);
      return { ok: true, remote: { key, property: property ?? 'value' } };
    case 'vault':
      if (!isVaultPath(key))
        return bad(`"${key}" is no path in Vault; write it without "/" at either end, "*" and spaces`);
      if (property === undefined || property === '') return bad(`a remote key in Vault is PATH#PROPERTY: ${key}#value`);
      if (key.startsWith(`${store.mount}/`) || key.startsWith('data/')) {
        return bad(`the path is below the mount ${store.mount}; write it without "${store.mount}/" and "data/"`);
      }
      return { ok: true, remote: { key, property } };
    case 'azure-key-vault':
      if (!isAzureSecretName(key)) {
        return bad(`"${key}" cannot name a secret in a key vault; use letters, digits and "-", at most 127`);
      }
      return inJson(key, property);
    case 'aws-secrets-manager':
      if (!isAwsSecretName(key)) {
        return bad(`"${key}" cannot name a secret in AWS; use letters, digits and / _ + = . @ -, at most 512`);
      }
      return inJson(key, property);
  }
};

const inJson = (key: string, property: string | undefined): ParsedRemote => {
  if (property === undefined) return { ok: true, remote: { key } };
  if (isDataKey(property)) return { ok: true, remote: { key, property } };
  return bad(`"${property}" cannot be a property; use letters, digits, "-", "_" and "."`);
};

const bad = (problem: string): ParsedRemote => ({ ok: false, problem });
