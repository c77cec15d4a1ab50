import { isDeepStrictEqual } from 'node:util';
import type { Path } from '../../engine/path.ts';
import type { Fields } from '../../engine/value.ts';
import { fromSource, type Sourced } from '../../secrets/source.ts';
import { type Complaint, placeOf } from '../complaint.ts';
import { originOf } from '../yaml/tree.ts';
import { draft, type Found, type Given, whereElse, wrong } from './draft.ts';
import type { Read } from './reads.ts';
import { remoteAddress, remoteObject } from './remote-object.ts';
import { isSettled, settledSource } from './store-source.ts';

interface Write {
  readonly is: 'write';
  readonly read: Read;
  readonly sourced: Sourced;
}

/** What lab writes into the stores: one resource for all keys that share a remote key. Keys without a value are only read. */
export function* expandWrites(given: Given, reads: readonly Read[]): Generator<Found> {
  const found = reads.flatMap((read) => writeOf(given, read) ?? []);
  yield* found.filter((one) => one.is === 'complaint');
  const writes = found.filter((one) => one.is === 'write');
  for (const group of Map.groupBy(writes, ({ read }) => remoteAddress(read)).values()) yield* expandWrite(given, group);
}

function* expandWrite(given: Given, group: readonly Write[]): Generator<Found> {
  const byProperty = new Map<string | undefined, Write>();
  for (const write of group) {
    const { property } = write.read.remote;
    const earlier = byProperty.get(property) ?? write;
    byProperty.set(property, earlier);
    if (!sameSource(earlier.sourced, write.sourced)) yield twoSources(given, earlier.read, write.read);
  }
  const whole = byProperty.get(undefined);
  const parts = [...byProperty.values()].filter(({ read }) => read.remote.property !== undefined);
  const [part] = parts;
  if (whole !== undefined && part !== undefined) yield wholeAndPart(given, whole.read, part.read);
  else if (whole !== undefined) yield written(whole.read, { value: whole.sourced });
  else if (part !== undefined) yield writtenInParts(given, part.read, parts);
}

const written = (first: Read, spec: Fields): Found => {
  const { kind, parts } = remoteObject(first);
  return draft(first.path, kind, parts, { spec });
};

const writtenInParts = (given: Given, first: Read, parts: readonly Write[]): Found => {
  const values = Object.fromEntries(parts.map(({ read, sourced }) => [read.remote.property ?? '', sourced] as const));
  switch (first.store.type) {
    case 'kubernetes':
    case 'vault':
      return written(first, { data: values });
    case 'aws-secrets-manager':
      return written(first, { properties: values });
    case 'azure-key-vault':
      return wrong(
        given,
        valuePath(first),
        'writing one property of a secret in a key vault is not supported yet; write it whole, at KEY without "#"',
      );
  }
};

const writeOf = (given: Given, read: Read): Write | Complaint | undefined => {
  const { value, onMissingSource, onExternalChange } = read.key;
  if (value === undefined) return undefined;
  const source = settledSource(given, [...read.path, 'value'], value);
  if (!isSettled(source)) return source;
  if (source.from === 'store' && source.address === remoteAddress(read)) {
    return wrong(given, valuePath(read), `${source.named} is the secret that the value is written to`);
  }
  const at = placeOf(originOf(given.tree, valuePath(read)));
  return { is: 'write', read, sourced: fromSource({ source, onMissingSource, onExternalChange, at }) };
};

/** The line that names the source. */
const valuePath = ({ path, key }: Read): Path => [...path, 'value', key.value?.from ?? ''];

const sameSource = (left: Sourced, right: Sourced): boolean =>
  isDeepStrictEqual({ ...left, at: '' }, { ...right, at: '' });

const twoSources = (given: Given, earlier: Read, read: Read): Complaint => {
  const where = whereElse(originOf(given.tree, valuePath(earlier)));
  const { property = 'its value' } = read.remote;
  return wrong(given, valuePath(read), `${remoteAddress(read)} gets ${property} from another source at ${where}`);
};

const wholeAndPart = (given: Given, whole: Read, part: Read): Complaint => {
  const where = whereElse(originOf(given.tree, valuePath(whole)));
  const { property } = part.remote;
  return wrong(given, valuePath(part), `${remoteAddress(part)} gets ${property} here and is written whole at ${where}`);
};
