import { z } from 'zod';
import type { KubeObject, ObjectRef } from '../../engine/ports.ts';
import type { Asked, Live, WriteRequest } from '../../engine/resource.ts';
import type { Fields } from '../../engine/value.ts';
import type { EsoClient } from './client.ts';
import { type Definition, group } from './definitions.ts';
import { type Metadata, marked, markOn } from './marks.ts';
import { surplusOf, withoutNulls } from './nulls.ts';

const json = z.record(z.string(), z.json());

/** The object that an identity means: `[NAME]` or `[NAMESPACE, NAME]`. */
export const refOf = (kind: Definition, id: readonly string[]): ObjectRef => {
  const [first = '', second] = id;
  return second === undefined ? { group, kind, name: first } : { group, kind, namespace: first, name: second };
};

/** The object as it is, or undefined. */
export const getObject = async (
  client: EsoClient,
  kind: Definition,
  id: readonly string[],
): Promise<KubeObject | undefined> => client.objects.get(refOf(kind, id), await client.version(kind));

/** read() and readMany() of a kind, given how an object says its spec in lab's words. */
export const readsOf = (kind: Definition, specOf: (object: KubeObject) => Fields) => ({
  read: async (client: EsoClient, id: readonly string[]): Promise<Live> =>
    liveOf(await getObject(client, kind, id), specOf),
  readMany: async (client: EsoClient, asked: readonly Asked<unknown>[]): Promise<readonly (Live | undefined)[]> => {
    const refs = asked.map(({ id }) => refOf(kind, id));
    const told = await client.objects.lookUp(refs, await client.version(kind));
    return told.map((one) => one && liveOf(one.object, specOf));
  },
});

const liveOf = (object: KubeObject | undefined, specOf: (object: KubeObject) => Fields): Live => {
  if (object === undefined) return { exists: 'no' };
  const { uid = '', resourceVersion = '', deletionTimestamp } = object.metadata;
  if (deletionTimestamp !== undefined) return { exists: 'unknown', because: 'it is being deleted' };
  const mark = markOn(object.metadata);
  const version = `${uid}/${resourceVersion}`;
  return { exists: 'yes', spec: specOf(object), outputs: {}, version, ...(mark === undefined ? {} : { mark }) };
};

/** What is written, and what read() found just before. */
export interface Write extends Pick<WriteRequest<unknown>, 'id' | 'live' | 'mark' | 'takeOver'> {
  readonly metadata: Metadata;
  /** null anywhere in it: that member must be absent. */
  readonly spec: object;
}

/**
 * Server-side apply, refused with MOVED if the object is no longer the one that was read; then what must be absent and
 * is somebody else's is patched away.
 */
export const applyObject = async (client: EsoClient, kind: Definition, write: Write): Promise<void> => {
  const { id, live } = write;
  const ref = refOf(kind, id);
  const spec = json.parse(write.spec);
  // A mark that is there stays: leaving it out would take it away, as it is lab's field whoever wrote it.
  const mark = write.mark ?? (live.exists === 'yes' ? live.mark : undefined);
  const { group: _group, kind: _kind, ...identity } = ref;
  const wanted = { metadata: marked(write.metadata, mark), spec };
  const applied = await client.objects.apply(
    {
      apiVersion: `${group}/${await client.version(kind)}`,
      kind,
      metadata: { ...withoutNulls(wanted.metadata), ...identity, ...precondition(live) },
      spec: withoutNulls(spec),
    },
    write.takeOver ?? false,
  );
  const surplus = surplusOf(wanted, applied);
  if (surplus !== undefined) await client.objects.merge(ref, surplus);
};

// With a resourceVersion alone the API server would make a deleted object anew.
const precondition = (live: Live): { uid?: string; resourceVersion?: string } => {
  if (live.exists !== 'yes' || live.version === undefined) return {};
  const [uid = '', resourceVersion = ''] = live.version.split('/');
  return { uid, resourceVersion };
};
