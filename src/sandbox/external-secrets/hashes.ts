import { createHash } from 'node:crypto';
import type { Metadata } from '../kubernetes/object.ts';

/** The operator's hash of anything: SHA3-224 of how Go prints it. */
export const hashOf = (printed: string): string => createHash('sha3-224').update(printed).digest('hex');

const goMap = (entries: readonly (readonly [key: string, printed: string])[]): string =>
  `map[${entries
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, printed]) => `${key}:${printed}`)
    .join(' ')}]`;

/** What `status.syncedResourceVersion` becomes: the generation and a hash of labels and annotations. */
export const fenceOf = ({ generation = 0, labels = {}, annotations = {} }: Metadata): string => {
  const printed = `{annotations:${goMap(Object.entries(annotations))} labels:${goMap(Object.entries(labels))}}`;
  return `${generation}-${hashOf(printed)}`;
};

/** The hash of a Secret's data, which its annotation carries. */
export const dataHash = (data: ReadonlyMap<string, Uint8Array>): string =>
  hashOf(goMap([...data].map(([key, bytes]) => [key, `[${[...bytes].join(' ')}]`] as const)));
