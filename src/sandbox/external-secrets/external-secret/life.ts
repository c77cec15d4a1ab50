import { isMap, membersOf, textOf } from '../../kubernetes/json.ts';
import type { KubeObject } from '../../kubernetes/object.ts';
import type { Cluster } from '../cluster.ts';
import { formatDuration, parseDuration } from '../duration.ts';
import { cleanupFinalizer, operatorManager } from '../names.ts';
import { specOf } from '../spec.ts';
import type { Outcome } from '../work-queue.ts';

/**
 * Puts the finalizer on. The operator of these versions sends the whole object back for that, in its own normal form,
 * and so takes `refreshInterval` from whoever wrote it otherwise.
 */
export const prepare = (cluster: Cluster, object: KubeObject): KubeObject => {
  const finalizers = object.metadata.finalizers ?? [];
  if (finalizers.includes(cleanupFinalizer)) return object;
  const metadata = { ...object.metadata, finalizers: [...finalizers, cleanupFinalizer] };
  return cluster.objects.update({ ...object, metadata, spec: normalSpec(object) }, operatorManager);
};

const normalSpec = (object: KubeObject) => {
  const spec = membersOf(object['spec']);
  const interval = parseDuration(textOf(spec['refreshInterval']) ?? '');
  const target = membersOf(spec['target']);
  const template = target['template'];
  return {
    ...spec,
    ...(interval === undefined ? {} : { refreshInterval: formatDuration(interval) }),
    ...(isMap(template) ? { target: { ...target, template: { metadata: {}, ...template } } } : {}),
  };
};

/** Removes what the deletion policy wants removed, then lets the object go. */
export const cleanUp = (cluster: Cluster, object: KubeObject): Outcome => {
  const { namespace = '', uid = '', finalizers = [] } = object.metadata;
  const spec = specOf(object);
  const target = { group: '', kind: 'Secret', namespace, name: spec.targetName };
  const controller = cluster.objects.get(target)?.metadata.ownerReferences?.find((owner) => owner.controller === true);
  if (spec.deletionPolicy === 'Delete' && controller?.uid === uid) cluster.objects.remove(target);
  if (finalizers.includes(cleanupFinalizer)) {
    const rest = finalizers.filter((finalizer) => finalizer !== cleanupFinalizer);
    cluster.objects.update({ ...object, metadata: { ...object.metadata, finalizers: rest } }, operatorManager);
  }
  return { next: 'wait' };
};
