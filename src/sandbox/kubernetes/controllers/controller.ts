import type { Cluster } from '../cluster.ts';
import type { KubeObject } from '../object.ts';
import { failureIn } from '../refusal.ts';
import type { ResourceType } from '../resource-type.ts';
import type { Change } from '../storage.ts';
import type { Place } from '../writing/manner.ts';
import { updateObject } from '../writing/update.ts';

/** Something that keeps a cluster in order: it hears of every change, after the request that made it. */
export type Controller = (cluster: Cluster, change: Change) => void;

/** The name under which controllers write. */
export const manager = 'kube-controller-manager';

/** Lets controllers work, one change after the other, until nothing changes any more. Answers how to stop. */
export const runControllers = (cluster: Cluster, controllers: readonly Controller[]): (() => void) => {
  const waiting: Change[] = [];
  let scheduled = false;
  const work = (): void => {
    scheduled = false;
    for (let change = waiting.shift(); change !== undefined; change = waiting.shift()) {
      for (const controller of controllers) tolerate(controller, cluster, change);
    }
  };
  return cluster.storage.onChange((change) => {
    waiting.push(change);
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(work);
  });
};

// A refusal means that things have moved on since: the next change tells.
const tolerate = (controller: Controller, cluster: Cluster, change: Change): void => {
  try {
    controller(cluster, change);
  } catch (error) {
    if (failureIn(error) === undefined) throw error;
  }
};

/** Where an object lives. */
export const placeOf = ({ metadata }: KubeObject): Place => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});

/** Takes a finalizer off an object, which may end it. */
export const releaseFinalizer = (cluster: Cluster, type: ResourceType, object: KubeObject, finalizer: string): void => {
  updateObject(cluster, type, placeOf(object), { manager }, (live) => ({
    object: {
      ...live,
      metadata: {
        ...live.metadata,
        finalizers: (live.metadata.finalizers ?? []).filter((name) => name !== finalizer),
      },
    },
  }));
};
