import type { KubeObject } from '../kubernetes/object.ts';
import type { Cluster } from './cluster.ts';
import { now } from './conditions.ts';

/** Tells people what happened to an object. */
export type Recorder = (about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string) => void;

/** Writes events as a component; one that repeats is counted instead of written again. */
export const recordEvents = (cluster: Cluster, component: string): Recorder => {
  const known = new Map<string, string>();
  let written = 0;
  return (about, type, reason, message) => {
    const namespace = about.metadata.namespace ?? 'default';
    const key = JSON.stringify([about.metadata.uid, type, reason, message]);
    const name = known.get(key);
    const found = name === undefined ? undefined : cluster.objects.get({ group: '', kind: 'Event', namespace, name });
    const time = now();
    if (found !== undefined) {
      cluster.objects.update({ ...found, count: Number(found['count'] ?? 0) + 1, lastTimestamp: time }, component);
      return;
    }
    written += 1;
    // Nanoseconds in hex, as Kubernetes names them: names in order are events in order.
    const made = `${about.metadata.name}.${(BigInt(Date.now()) * 1_000_000n + BigInt(written)).toString(16)}`;
    known.set(key, made);
    cluster.objects.create(
      {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: made, namespace },
        involvedObject: {
          apiVersion: about.apiVersion,
          kind: about.kind,
          name: about.metadata.name,
          ...(about.metadata.namespace === undefined ? {} : { namespace }),
          uid: about.metadata.uid ?? '',
          resourceVersion: about.metadata.resourceVersion ?? '',
        },
        type,
        reason,
        message,
        count: 1,
        firstTimestamp: time,
        lastTimestamp: time,
        source: { component },
        reportingComponent: component,
        reportingInstance: '',
      },
      component,
    );
  };
};
