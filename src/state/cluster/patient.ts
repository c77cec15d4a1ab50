import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnObjects } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';

/**
 * The same objects through an outage of so many milliseconds: an API server that restarts must not end a run. Only for
 * callers whose every write can be sent twice.
 */
export const patient = (objects: OwnObjects, milliseconds: number): OwnObjects => {
  const trying = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const until = performance.now() + milliseconds;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof LabError) || error.code !== 'UNREACHABLE' || performance.now() > until) throw error;
        await sleep(Math.min(1000, milliseconds / 10));
      }
    }
  };
  return {
    get: (ref) => trying(() => objects.get(ref)),
    list: (namespace, labels) => trying(() => objects.list(namespace, labels)),
    create: (object) => trying(() => objects.create(object)),
    replace: (object) => trying(() => objects.replace(object)),
    remove: (ref) => trying(() => objects.remove(ref)),
  };
};
