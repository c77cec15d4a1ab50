import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnObjects } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';
import { around } from './around.ts';

/**
 * The same objects through an outage of so many milliseconds: an API server that restarts must not end a run. Only for
 * callers whose every write can be sent twice.
 */
export const patient = (objects: OwnObjects, milliseconds: number): OwnObjects =>
  around(objects, async (call) => {
    const until = performance.now() + milliseconds;
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof LabError) || error.code !== 'UNREACHABLE' || performance.now() > until) throw error;
        await sleep(Math.min(1000, milliseconds / 10));
      }
    }
  });
