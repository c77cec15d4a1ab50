import type { ObjectRef } from '../../../engine/ports.ts';
import { markOf, withoutMark } from './metadata.ts';
import type { KubeClient } from './object-api.ts';
import { applyObject, getWhole } from './objects.ts';

/** Gives every field back that lab has applied, mark included; the object and what others own of it stay. */
export const releaseObject = async (client: KubeClient, ref: ObjectRef): Promise<void> => {
  const found = await getWhole(client, ref);
  if (found === undefined) return;
  const { name, namespace, uid } = found.metadata;
  // The uid keeps an object that is deleted meanwhile from being made anew, empty.
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }), ...(uid === undefined ? {} : { uid }) };
  await applyObject(client, { apiVersion: found.apiVersion, kind: found.kind, metadata });
};

/** Takes lab's mark off an object and leaves all the rest: what lab made and may not delete. */
export const unmarkObject = async ({ objects }: KubeClient, ref: ObjectRef): Promise<void> => {
  const found = await objects.get(ref);
  if (found !== undefined && markOf(found) !== undefined) await objects.merge(ref, { metadata: withoutMark });
};
