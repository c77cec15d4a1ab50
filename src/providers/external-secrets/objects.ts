import type { KubeObject, ObjectRef } from '../../engine/ports.ts';
import type { Live, WriteRequest } from '../../engine/resource.ts';
import type { Fields } from '../../engine/value.ts';
import type { EsoClient } from './client.ts';
import { type Definition, group } from './definitions.ts';
import { type Metadata, marked, markOn } from './marks.ts';

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

/** A kind's read(), given how the object says its spec in lab's words. */
export const readLive = async (
  client: EsoClient,
  kind: Definition,
  id: readonly string[],
  specOf: (object: KubeObject) => Fields,
): Promise<Live> => {
  const object = await getObject(client, kind, id);
  if (object === undefined) return { exists: 'no' };
  if (object.metadata.deletionTimestamp !== undefined) return { exists: 'unknown', because: 'it is being deleted' };
  const { resourceVersion } = object.metadata;
  const mark = markOn(object.metadata);
  return {
    exists: 'yes',
    spec: specOf(object),
    outputs: {},
    ...(resourceVersion === undefined ? {} : { version: resourceVersion }),
    ...(mark === undefined ? {} : { mark }),
  };
};

/** What an apply needs of a write request. */
export type Target = Pick<WriteRequest<Metadata>, 'id' | 'live' | 'mark' | 'spec'>;

/** Server-side apply of a spec, refused with MOVED if the object is no longer the one that was read. */
export const applyObject = async (
  client: EsoClient,
  kind: Definition,
  { id, live, mark, spec: metadata }: Target,
  spec: object,
): Promise<KubeObject> => {
  const { name, namespace } = refOf(kind, id);
  const version = live.exists === 'yes' ? live.version : undefined;
  return client.objects.apply({
    apiVersion: `${group}/${await client.version(kind)}`,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(version === undefined ? {} : { resourceVersion: version }),
      ...marked(metadata, mark),
    },
    spec,
  });
};
