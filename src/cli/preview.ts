import type { Plan } from '../engine/change.ts';
import type { Emit } from '../engine/event.ts';
import { type Inventory, planWithInventory } from '../engine/inventory.ts';
import { makePlan } from '../engine/plan.ts';
import { type VerifyReport, verify } from '../engine/verify.ts';
import type { PlanOptions, World } from '../engine/world.ts';
import type { Expanded } from '../manifest/expanded.ts';
import type { State } from '../state/store.ts';
import { progressLines, sinkTo } from '../views/progress.ts';
import type { ManifestFlags, PlanFlags } from './flags.ts';
import type { Host } from './host.ts';
import { readManifest } from './manifest.ts';
import { planOptions } from './options.ts';
import { inWorld } from './sandbox.ts';
import { stoppable } from './signals.ts';
import { storeOf } from './state-store.ts';
import { withSystems } from './wiring.ts';

/** What a plan is made of, beside the live systems. */
export interface Known {
  readonly manifest: Expanded;
  readonly state: State | undefined;
}

/** The plan that manifest, state and live systems come to now, with the first two. Takes no lock; its connections cannot write. `check` runs before any server is asked. */
export const preview = async (
  flags: ManifestFlags & PlanFlags,
  host: Host,
  check: (known: Known) => void = () => {},
): Promise<Known & { readonly plan: Plan }> => {
  const { result, ...known } = await lookAround(flags, host, { readOnly: true, check, look: makePlan });
  return { ...known, plan: inWorld(result, flags.sandbox === true) };
};

/** The same, with what else lies where the manifest's resources are. */
export const driftPreview = async (
  flags: ManifestFlags & PlanFlags,
  host: Host,
): Promise<{ readonly plan: Plan; readonly inventory: Inventory }> => {
  const { result } = await lookAround(flags, host, { readOnly: true, check: () => {}, look: planWithInventory });
  return { plan: inWorld(result.plan, flags.sandbox === true), inventory: result.inventory };
};

/** What is proven of what was applied. Takes no lock; its connections write only what a probe takes back. */
export const verification = async (flags: ManifestFlags & PlanFlags, host: Host): Promise<VerifyReport> =>
  (await lookAround(flags, host, { readOnly: false, check: () => {}, look: verify })).result;

interface Look<Result> {
  readonly readOnly: boolean;
  readonly check: (known: Known) => void;
  readonly look: (world: World, options: PlanOptions, emit: Emit) => Promise<Result>;
}

const lookAround = <Result>(
  flags: ManifestFlags & PlanFlags,
  host: Host,
  { readOnly, check, look }: Look<Result>,
): Promise<Known & { readonly result: Result }> =>
  stoppable(undefined, async ({ abort }) => {
    const manifest = await readManifest(flags, host.env);
    const sandbox = flags.sandbox === true;
    const opening = { manifest, sandbox, readOnly, signal: abort, host };
    return withSystems(opening, async (systems) => {
      const state = await storeOf(opening, systems).load();
      check({ manifest, state });
      const options = planOptions(flags, 'apply', { manifest, state });
      const emit = progressLines(sinkTo(host.say));
      return { manifest, state, result: await look(await systems.world(state, 'looks'), options, emit) };
    });
  });
