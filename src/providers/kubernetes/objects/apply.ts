import type { ObjectRef } from '../../../engine/ports.ts';
import type { WriteRequest } from '../../../engine/resource.ts';
import type { Json } from '../../../engine/value.ts';
import { LabError } from '../../../errors.ts';
import { members } from '../json.ts';
import { precondition } from './live.ts';
import { type TextMap, writtenMetadata } from './metadata.ts';
import type { KubeClient } from './object-api.ts';
import { applyObject } from './objects.ts';
import { nameOf } from './paths.ts';
import { releaseObject } from './release.ts';

/** One object as a kind wants it. null anywhere in it: that member must be absent. */
export interface Desired {
  readonly ref: ObjectRef;
  readonly apiVersion: string;
  readonly labels?: TextMap | undefined;
  readonly annotations?: TextMap | undefined;
  /** Everything beside apiVersion, kind and metadata. */
  readonly content: Readonly<Record<string, unknown>>;
}

type Circumstances = Pick<WriteRequest<unknown>, 'live' | 'mark' | 'fingerprints' | 'takeOver'>;

/**
 * The write of all kinds here: server-side apply of what is asked for. A field that is left out and that lab applied
 * before goes away by itself; one that must be absent and is somebody else's is patched away.
 * `same`: refuse as MOVED unless the live object is still in the state that was read, or merely still the same one.
 */
export const applyDesired = async (
  client: KubeClient,
  desired: Desired,
  { live, mark, fingerprints, takeOver = false }: Circumstances,
  same: 'state' | 'object',
): Promise<void> => {
  // A mark that is there stays: leaving it out would take it away, as it is lab's field whoever wrote it.
  const kept = mark ?? (live.exists === 'yes' ? live.mark : undefined);
  const { labels, annotations } = writtenMetadata(desired, kept, fingerprints);
  const { kind, name, namespace } = desired.ref;
  const identity = { name, ...(namespace === undefined ? {} : { namespace }) };
  const wanted = { ...desired.content, metadata: { labels, annotations } };
  const present = members(withoutNulls(wanted));
  const metadata = { ...members(present['metadata']), ...identity, ...precondition(live, same) };
  const object = { ...present, apiVersion: desired.apiVersion, kind, metadata };

  const isNew = live.exists === 'no';
  const applied = await applyObject(client, object, isNew ? { once: true } : { takeOver });
  if (isNew && !applied.created) {
    await releaseObject(client, desired.ref);
    throw new LabError('MOVED', `somebody else made ${nameOf(desired.ref)} just now`);
  }
  const surplus = surplusOf(wanted, applied.object);
  if (surplus !== undefined) {
    const { resourceVersion } = applied.object.metadata;
    const guard = resourceVersion === undefined ? {} : { resourceVersion };
    await client.objects.merge(desired.ref, { ...surplus, metadata: { ...members(surplus['metadata']), ...guard } });
  }
};

const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutNulls(member)]));
};

/** The merge patch that removes what must be absent and is still there; undefined if nothing is. */
const surplusOf = (wanted: unknown, live: unknown): { readonly [key: string]: Json } | undefined => {
  const present = members(live);
  const patch = Object.entries(members(wanted)).flatMap(([key, value]): [string, Json][] => {
    if (!(key in present)) return [];
    if (value === null) return [[key, null]];
    const inner = surplusOf(value, present[key]);
    return inner === undefined ? [] : [[key, inner]];
  });
  return patch.length === 0 ? undefined : Object.fromEntries(patch);
};
