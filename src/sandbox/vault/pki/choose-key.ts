import type { KeyObject } from 'node:crypto';
import type { Call } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { type Result, refused } from '../result.ts';
import type { PkiStore } from './content.ts';
import { keyBits, makeKey, openKey, storeKey } from './keys.ts';
import { findKey, noKey } from './store.ts';

/** What says which key. */
export const keyFields = {
  key_type: 'string',
  key_bits: 'int',
  key_name: 'string',
  key_ref: 'string',
  signature_bits: 'int',
} as const;

type Chosen = { readonly key: KeyObject; readonly store: () => string; readonly name: string };

/** The key that is asked for: one that is there, or a new one, which is stored once all else is right. */
export const chooseKey = (call: Call, store: PkiStore, given: Values<typeof keyFields>): Chosen | Result => {
  const [how = ''] = call.params;
  switch (how) {
    case 'internal': {
      const type = given.key_type ?? 'rsa';
      const bits = keyBits(type, given.key_bits ?? 0);
      if (typeof bits === 'string') return refused(400, bits);
      const name = given.key_name ?? '';
      const key = makeKey(type, bits);
      return { key, name, store: () => storeKey(store, key, type, name) };
    }
    case 'existing': {
      const reference = given.key_ref ?? 'default';
      const found = findKey(store, reference);
      if (found === undefined) {
        return refused(400, `failed to lookup public key from existing key: ${noKey(reference)}`);
      }
      return { key: openKey(found.value), name: found.value.name, store: () => found.id };
    }
    case 'exported':
    case 'kms':
      return refused(400, `the sandbox does not serve ${how} keys`);
    default:
      return refused(400, 'the "exported" path parameter must be "internal", "existing", exported" or "kms"');
  }
};
