import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject, OwnObjects } from '../../engine/ports.ts';
import { hasEndedHere } from '../../process-identity.ts';
import { leaseState } from './lease-object.ts';
import { type ClusterPlace, leaseRef } from './place.ts';
import type { Timing } from './timing.ts';

/** What this process has seen of a lock so far. */
export interface Watch {
  /**
   * Why the holder of this Lease will not give it back, or undefined if it may be at work. May watch it for a while.
   */
  silence(lease: KubeObject): Promise<string | undefined>;
}

/**
 * Watches a lock by this process's own clock, which others need not agree with. A wrong answer costs no state: whoever
 * lost the lock cannot write any more.
 */
export const watchLease = (objects: OwnObjects, place: ClusterPlace, timing: Timing): Watch => {
  let seen = { version: '', at: 0 };
  const unchangedFor = ({ metadata: { resourceVersion = '' } }: KubeObject): number => {
    if (resourceVersion !== seen.version) seen = { version: resourceVersion, at: performance.now() };
    return performance.now() - seen.at;
  };
  return {
    silence: async (lease) => {
      const { holder, renewed, countsFor } = leaseState(lease);
      if (holder !== undefined && (await hasEndedHere(holder.pid, holder.identity))) {
        return 'has ended without giving it back';
      }
      const silent = `has not been heard of since ${new Date(renewed).toISOString()}`;
      if (unchangedFor(lease) > countsFor) return silent;
      if (Date.now() < renewed + countsFor) return undefined;
      while (unchangedFor(lease) < timing.watch) {
        await sleep(Math.min(timing.beat, timing.watch) / 3);
        const now = await objects.get(leaseRef(place));
        if (now?.metadata.resourceVersion !== lease.metadata.resourceVersion) return undefined;
      }
      return silent;
    },
  };
};
