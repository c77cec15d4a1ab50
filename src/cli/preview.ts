import type { Plan } from '../engine/change.ts';
import { makePlan } from '../engine/plan.ts';
import type { Expanded } from '../manifest/expanded.ts';
import { localStore } from '../state/local.ts';
import type { State } from '../state/store.ts';
import { progressLines, sinkTo } from '../views/progress.ts';
import type { ManifestFlags, PlanFlags } from './flags.ts';
import type { Host } from './host.ts';
import { readManifest } from './manifest.ts';
import { planOptions } from './options.ts';
import { inWorld } from './sandbox.ts';
import { stoppable } from './signals.ts';
import { placeOf } from './state-place.ts';
import { withWorld } from './wiring.ts';

/** What a plan is made of, beside the live systems. */
export interface Known {
  readonly manifest: Expanded;
  readonly state: State | undefined;
}

/** The plan that manifest, state and live systems come to now, with the first two. Takes no lock; its connections cannot write. `check` runs before any server is asked. */
export const preview = (
  flags: ManifestFlags & PlanFlags,
  host: Host,
  check: (known: Known) => void = () => {},
): Promise<Known & { readonly plan: Plan }> =>
  stoppable(undefined, async ({ abort }) => {
    const manifest = await readManifest(flags, host.env);
    const sandbox = flags.sandbox === true;
    const state = await localStore(placeOf(manifest, sandbox)).load();
    check({ manifest, state });
    const options = planOptions(flags, 'apply', { manifest, state });
    const emit = progressLines(sinkTo(host.say));
    const plan = await withWorld({ manifest, state, sandbox, readOnly: true, signal: abort, host }, (world) =>
      makePlan(world, options, emit),
    );
    return { manifest, state, plan: inWorld(plan, sandbox) };
  });
