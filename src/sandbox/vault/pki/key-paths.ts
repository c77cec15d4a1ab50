import { createPublicKey } from 'node:crypto';
import { keyIdOf } from '../../certificates/x509.ts';
import type { Call } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { absent, done, found, type Result, refused, together } from '../result.ts';
import { serialOf } from './issuer-store.ts';
import { openKey } from './keys.ts';
import { findKey, nameComplaint, noKey, storeOf } from './store.ts';

/** The keys by their ids. */
export const listKeys = (call: Call): Result => {
  const { keys, defaultKey } = storeOf(call);
  const ids = Object.keys(keys).toSorted();
  if (ids.length === 0) return absent;
  const info = Object.entries(keys).map(([id, { name }]) => [id, { is_default: id === defaultKey, key_name: name }]);
  return found({ key_info: Object.fromEntries(info), keys: ids });
};

const missing = (reference: string): Result => refused(500, together([noKey(reference)]));

/** One key, without what is secret of it. */
export const readKey = (call: Call): Result => {
  const [reference = ''] = call.params;
  const key = findKey(storeOf(call), reference);
  if (key === undefined) return missing(reference);
  return found({
    key_id: key.id,
    key_name: key.value.name,
    key_type: key.value.type,
    subject_key_id: serialOf(keyIdOf(createPublicKey(openKey(key.value))).toString('hex')),
  });
};

/** Names a key. */
export const nameKey = (call: Call, { key_name: name = '' }: Values<{ key_name: 'string' }>): Result => {
  const store = storeOf(call);
  const [reference = ''] = call.params;
  const key = findKey(store, reference);
  if (key === undefined) return missing(reference);
  if (nameComplaint('key', name || undefined, () => false) !== undefined) {
    return refused(400, 'new key name outside of valid character limits');
  }
  key.value.name = name;
  call.vault.changed();
  return found({ key_id: key.id, key_name: name, key_type: key.value.type });
};

/** Removes a key that no issuer has; absent already is success. */
export const deleteKey = (call: Call): Result => {
  const store = storeOf(call);
  const [reference = ''] = call.params;
  const key = findKey(store, reference);
  if (key === undefined) return done;
  const user = Object.entries(store.issuers).find(([, { keyId }]) => keyId === key.id)?.[0];
  if (user !== undefined) return refused(400, `Failed to Delete Key.  Key in Use by Issuer: ${user}`);
  const wasDefault = key.id === store.defaultKey;
  delete store.keys[key.id];
  if (wasDefault) store.defaultKey = '';
  call.vault.changed();
  if (!wasDefault) return done;
  const remark = `Deleted key ${key.id} (via key_ref ${reference}); this was configured as the default key. Operations without an explicit key will not work until a new default is configured.`;
  return { is: 'data', status: 200, data: null, warnings: [remark] };
};
