import type { KubeObject } from '../../../engine/ports.ts';
import type { Live } from '../../../engine/resource.ts';
import type { Fields } from '../../../engine/value.ts';
import { markOf } from './metadata.ts';
import { nameOf } from './paths.ts';

/** What a kind's read() answers for an object, given its spec in the kind's words. */
export const liveObject = (object: KubeObject, spec: Fields, outputs: Fields = {}): Live => {
  const { name, namespace, deletionTimestamp } = object.metadata;
  if (deletionTimestamp !== undefined) {
    const ref = { kind: object.kind, name, ...(namespace === undefined ? {} : { namespace }) };
    return { exists: 'unknown', because: `${nameOf(ref)} is being deleted` };
  }
  const mark = markOf(object);
  return { exists: 'yes', spec, outputs, version: versionOf(object), ...(mark === undefined ? {} : { mark }) };
};

// Both, because with a resourceVersion alone the API server would make a deleted object anew.
const versionOf = ({ metadata }: KubeObject): string => `${metadata.uid ?? ''}/${metadata.resourceVersion ?? ''}`;

/** Which object a write is for: the very state that was read, or merely the same object. {} if none was there. */
export const precondition = (live: Live, same: 'state' | 'object'): { uid?: string; resourceVersion?: string } => {
  if (live.exists !== 'yes' || live.version === undefined) return {};
  const [uid = '', resourceVersion = ''] = live.version.split('/');
  return same === 'state' ? { uid, resourceVersion } : { uid };
};
