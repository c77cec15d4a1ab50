import type { Plan } from '../engine/change.ts';
import { makePlan } from '../engine/plan.ts';
import { localStore } from '../state/local.ts';
import { progressLines } from '../views/progress.ts';
import type { ManifestFlags, PlanFlags } from './flags.ts';
import type { Host } from './host.ts';
import { readManifest } from './manifest.ts';
import { planOptions } from './options.ts';
import { stoppable } from './signals.ts';
import { withWorld } from './wiring.ts';

/** The plan that manifest, state and live systems come to now. Takes no lock, and its connections cannot write. */
export const previewPlan = (flags: ManifestFlags & PlanFlags, host: Host): Promise<Plan> =>
  stoppable(undefined, async ({ abort }) => {
    const manifest = await readManifest(flags, host.env);
    const state = await localStore(manifest).load();
    const options = planOptions(flags, 'apply', { manifest, state });
    const emit = progressLines({ line: host.say, now: Date.now });
    return withWorld({ manifest, state, readOnly: true, signal: abort, host }, (world) =>
      makePlan(world, options, emit),
    );
  });
