import type { Path } from '../../engine/path.ts';
import { didYouMean } from '../../engine/suggest.ts';
import type { Complaint } from '../complaint.ts';
import { own } from '../own.ts';
import { splitNamespaced } from '../schema/names.ts';
import type { SecretEntry, SecretKey } from '../schema/secrets.ts';
import type { Store } from '../schema/stores.ts';
import { type Given, wrong } from './draft.ts';
import { parseRemote, type Remote } from './remote.ts';

/** One key of one entry of `secrets`, with the place in a store that it is read from. */
export interface Read {
  readonly is: 'read';
  /** `NAMESPACE/NAME`, the key in `secrets`. */
  readonly entry: string;
  /** The key in the Kubernetes Secret. */
  readonly name: string;
  readonly storeName: string;
  readonly store: Store;
  readonly remote: Remote;
  readonly key: SecretKey;
  readonly path: Path;
}

/** Every key of section `secrets`, or what is wrong with where it is read from. */
export function* readSecrets(given: Given): Generator<Read | Complaint> {
  for (const [entry, secret] of Object.entries(given.manifest.secrets)) {
    for (const storeName of secret.readFrom) {
      const store = own(given.manifest.stores, storeName);
      if (store === undefined) {
        const text = `there is no store ${storeName}${didYouMean(storeName, Object.keys(given.manifest.stores))}`;
        yield wrong(given, ['secrets', entry, 'readFrom'], text);
        continue;
      }
      const refusal = refuse(store, storeName, splitNamespaced(entry).namespace);
      if (refusal !== undefined) yield wrong(given, ['secrets', entry, 'readFrom'], refusal);
      yield* readKeys(given, entry, secret, storeName, store);
    }
  }
}

function* readKeys(
  given: Given,
  entry: string,
  secret: SecretEntry,
  storeName: string,
  store: Store,
): Generator<Read | Complaint> {
  for (const [name, key] of Object.entries(secret.keys)) {
    const path = ['secrets', entry, 'keys', name];
    const strangers = typeof key.at === 'string' ? [] : Object.keys(key.at).filter((other) => other !== storeName);
    for (const stranger of strangers) {
      yield wrong(given, [...path, 'at', stranger], `readFrom does not name this store; it names ${storeName}`);
    }
    const at = typeof key.at === 'string' ? key.at : own(key.at, storeName);
    if (at === undefined) {
      yield wrong(given, [...path, 'at'], `does not say where ${storeName} has it`);
      continue;
    }
    const parsed = parseRemote(at, store);
    if (parsed.ok) yield { is: 'read', entry, name, storeName, store, remote: parsed.remote, key, path };
    else yield wrong(given, typeof key.at === 'string' ? [...path, 'at'] : [...path, 'at', storeName], parsed.problem);
  }
}

/** Why a namespace cannot read from a store. */
const refuse = ({ expose }: Store, name: string, namespace: string): string | undefined => {
  if (expose === 'none') return `nothing can read from ${name}, which says expose: none`;
  if (typeof expose.namespaces === 'string' || expose.namespaces.includes(namespace)) return undefined;
  return `${name} is not exposed to the namespace ${namespace}, only to ${expose.namespaces.join(', ')}`;
};
