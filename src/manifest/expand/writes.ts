import { isDeepStrictEqual } from 'node:util';
import { address } from '../../engine/address.ts';
import type { Path } from '../../engine/traits.ts';
import { fromSource, type Sourced } from '../../secrets/source.ts';
import { type Complaint, placeOf } from '../complaint.ts';
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

interface Write {
  readonly read: Read;
  readonly sourced: Sourced;
}

/** What lab writes into the stores: one resource for all keys that share a remote key. Keys without a value are only read. */
export function* expandWrites(given: Given, reads: readonly Read[]): Generator<Found> {
  const writes = reads.flatMap((read) => writeOf(given, read) ?? []);
  for (const group of Map.groupBy(writes, ({ read }) => remoteAddress(read)).values()) {
    const data = new Map<string, Write>();
    for (const write of group) {
      const { property } = write.read.remote;
      const earlier = data.get(property) ?? write;
      data.set(property, earlier);
      if (!sameSource(earlier.sourced, write.sourced)) yield twoSources(given, earlier.read, write.read);
    }
    const [first] = group;
    if (first === undefined) continue;
    const { kind, parts } = remoteObject(first.read);
    const values = Object.fromEntries([...data].map(([property, { sourced }]) => [property, sourced]));
    yield draft(first.read.path, kind, parts, { spec: { data: values } });
  }
}

const writeOf = (given: Given, read: Read): Write | undefined => {
  const { value, onMissingSource, onExternalChange } = read.key;
  if (value === undefined) return undefined;
  const at = placeOf(originOf(given.tree, valuePath(read)));
  return { read, sourced: fromSource({ source: value, onMissingSource, onExternalChange, at }) };
};

/** The line that names the source. */
const valuePath = ({ path, key }: Read): Path => [...path, 'value', key.value?.from ?? ''];

const sameSource = (left: Sourced, right: Sourced): boolean =>
  isDeepStrictEqual({ ...left, at: '' }, { ...right, at: '' });

const twoSources = (given: Given, earlier: Read, read: Read): Complaint => {
  const where = whereElse(originOf(given.tree, valuePath(earlier)));
  return wrong(
    given,
    valuePath(read),
    `${remoteAddress(read)} gets ${read.remote.property} from another source at ${where}`,
  );
};
