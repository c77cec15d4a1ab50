import { elementsOf, membersOf } from '../json.ts';
import type { KubeObject } from '../object.ts';

/** Finalizers that the garbage collector takes away. */
export const foreground = 'foregroundDeletion';
export const orphan = 'orphan';

/** Whether nothing holds an object any more that is being deleted. Namespaces are held by their spec too. */
export const isFinal = (object: KubeObject): boolean =>
  object.metadata.deletionTimestamp !== undefined &&
  (object.metadata.finalizers ?? []).length === 0 &&
  (object.kind !== 'Namespace' || elementsOf(membersOf(object['spec'])['finalizers']).length === 0);
