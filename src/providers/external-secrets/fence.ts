import { createHash } from 'node:crypto';
import type { ObjectMeta } from '../../engine/ports.ts';

/** How Go prints a map with %+v: `map[a:1 b:2]`, keys in the order of their bytes. */
const goMap = (texts: Readonly<Record<string, string>> = {}): string =>
  `map[${Object.entries(texts)
    .toSorted(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    .map(([key, value]) => `${key}:${value}`)
    .join(' ')}]`;

/**
 * What External Secrets puts into status.syncedResourceVersion once this very generation with these labels and
 * annotations is in the Secret. Source: pkg/controllers/util/util.go and ObjectHash in pkg/esutils of v0.20.4.
 */
export const syncedVersion = ({ generation = 0, annotations, labels }: ObjectMeta): string => {
  const printed = `{annotations:${goMap(annotations)} labels:${goMap(labels)}}`;
  return `${generation}-${createHash('sha3-224').update(printed).digest('hex')}`;
};

const md5Length = 32;

/** Whether what was synced is the object as it is now. Releases up to 0.16.1 hash with MD5: of those only the generation is compared. */
export const isSynced = (metadata: ObjectMeta, synced: string | undefined): boolean => {
  const [generation, hash = ''] = (synced ?? '').split('-');
  return hash.length === md5Length ? generation === `${metadata.generation}` : synced === syncedVersion(metadata);
};

/** Whether the spec as it is now was synced, whatever labels and annotations were then. */
export const isGenerationSynced = ({ generation }: ObjectMeta, synced: string): boolean =>
  synced.startsWith(`${generation}-`);
