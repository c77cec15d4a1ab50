import { isDeepStrictEqual } from 'node:util';
import { address } from '../../engine/address.ts';
import type { Sourced } from '../../secrets/source.ts';
import { fromSource } from '../../secrets/source.ts';
import { placeOf } from '../complaint.ts';
import { originOf } from '../yaml/tree.ts';
import { draft, type Found, type Given, whereElse, wrong } from './draft.ts';
import type { Read } from './reads.ts';

/** The object in the store that a key is read from: kind and parts of its address. */
const remoteObject = ({ store, remote }: Read): { kind: string; parts: readonly string[] } => {
  switch (store.type) {
    case 'kubernetes':
      return { kind: 'kubernetes.secret', parts: [store.namespace, remote.key] };
    case 'vault':
      return { kind: 'vault.kv-secret', parts: [store.mount, remote.key] };
  }
};

/** Its address. */
export const remoteAddress = (read: Read): string => {
  const { kind, parts } = remoteObject(read);
  return address(kind, ...parts);
};

/** What lab writes into the stores: one resource for all keys that share a remote key. Keys without a value are only read. */
export function* expandWrites(given: Given, reads: readonly Read[]): Generator<Found> {
  const written = reads.filter(({ key }) => key.value !== undefined);
  for (const group of Map.groupBy(written, remoteAddress).values()) {
    const data = new Map<string, { read: Read; sourced: Sourced }>();
    for (const read of group) {
      const sourced = sourcedOf(given, read);
      const { property } = read.remote;
      const earlier = data.get(property);
      if (earlier === undefined) data.set(property, { read, sourced });
      else if (!sameSource(earlier.sourced, sourced)) {
        const text = `${remoteAddress(read)} gets ${property} from another source at ${whereElse(valueOrigin(given, earlier.read))}`;
        yield wrong(given, valuePath(read), text);
      }
    }
    const [first] = group;
    if (first === undefined) continue;
    const { kind, parts } = remoteObject(first);
    const values = Object.fromEntries([...data].map(([property, { sourced }]) => [property, sourced]));
    yield draft(first.path, kind, parts, { spec: { data: values } });
  }
}

const valuePath = ({ path, key }: Read) => [...path, 'value', key.value?.from ?? ''];

const valueOrigin = (given: Given, read: Read) => originOf(given.tree, valuePath(read));

const sourcedOf = (given: Given, read: Read): Sourced => {
  const { value, onMissingSource, onExternalChange } = read.key;
  if (value === undefined) throw new TypeError('a key without a value is not written');
  return fromSource({ source: value, onMissingSource, onExternalChange, at: placeOf(valueOrigin(given, read)) });
};

const sameSource = (left: Sourced, right: Sourced): boolean =>
  isDeepStrictEqual({ ...left, at: '' }, { ...right, at: '' });
