import { apply } from '../engine/apply.ts';
import type { Plan } from '../engine/change.ts';
import type { ApplyResult } from '../engine/outcome.ts';
import { makePlan } from '../engine/plan.ts';
import { rebuild } from '../engine/rebuild.ts';
import { compareWithSaved, planDigest } from '../engine/saved.ts';
import type { PlanOptions, World } from '../engine/world.ts';
import { LabError } from '../errors.ts';
import type { Expanded } from '../manifest/expanded.ts';
import { type Progress, plainProgress, progressLines, sinkTo } from '../views/progress.ts';
import { counted } from '../views/text.ts';
import { type Approval, approveBeyond, approvePlan } from './approve.ts';
import type { ManifestFlags, PlanFlags } from './flags.ts';
import { guardDataLoss, guardDestroy, guardOneWay, guardSaved, guardWorld, mayLoseData } from './guards.ts';
import type { Host } from './host.ts';
import { readManifest } from './manifest.ts';
import { optionsOf, planOptions } from './options.ts';
import { wholeManifest } from './rebuilding.ts';
import { inWorld } from './sandbox.ts';
import { cancelled, type Stopping, stoppable } from './signals.ts';
import { storeOf } from './state-store.ts';
import { type Held, underLock } from './under-lock.ts';
import { withSystems } from './wiring.ts';

/** What to carry out, and what it may do. */
export interface Request {
  readonly flags: ManifestFlags & PlanFlags;
  readonly mode: PlanOptions['mode'];
  /** The file only narrows: what is done is derived from manifest and live systems. */
  readonly saved: Plan | undefined;
  readonly approval: Approval;
  readonly allowDataLoss: boolean;
  /** Whether programs that values come from may be run. */
  readonly allowExec: boolean;
  /** Seconds to wait for gates that this manifest does not open. */
  readonly wait: number | undefined;
  /** Seconds to wait for a lock that another run holds. */
  readonly lockWait: number | undefined;
}

/** What came of it. */
export interface CarriedOut {
  readonly plan: Plan;
  readonly result: ApplyResult;
  /** Addresses of the saved plan that no longer fit and were left out. */
  readonly stale: ReadonlySet<string>;
}

interface Work {
  readonly request: Request;
  readonly manifest: Expanded;
  readonly options: PlanOptions;
  readonly stopping: Stopping;
  readonly host: Host;
  readonly drawn: Drawn;
}

/** The progress that is on the screen now. */
interface Drawn {
  progress: Progress | undefined;
}

/** A host whose questions amid an apply are not drawn over. */
const stepsAside = (host: Host, drawn: Drawn): Host => {
  const { askHidden } = host;
  if (askHidden === undefined) return host;
  let turn: Promise<unknown> = Promise.resolve();
  // One question at a time, whoever asks.
  const ask = (question: string) => {
    const answer = turn.then(() => drawn.progress?.pause(() => askHidden(question)) ?? askHidden(question));
    turn = answer.catch(() => undefined);
    return answer;
  };
  return { ...host, askHidden: ask };
};

/** Locks, plans, guards, asks, applies: the one way in which anything is written. */
export const carryOut = (request: Request, host: Host): Promise<CarriedOut> => {
  const finishing = () =>
    host.say(
      'Stopping: what runs is finished and saved, nothing is waited for, nothing more starts. Ctrl-C again gives up on it.',
    );
  return stoppable(finishing, async (stopping) => {
    const sandbox = request.flags.sandbox === true;
    if (request.saved !== undefined) guardWorld(request.saved, sandbox);
    const manifest = await readManifest(request.flags, host.env);
    if (request.mode === 'destroy') guardDestroy(manifest);
    const drawn: Drawn = { progress: undefined };
    const opening = {
      manifest,
      sandbox,
      readOnly: false,
      allowExec: request.allowExec,
      signal: stopping.abort,
      stopping: stopping.stop,
      host: stepsAside(host, drawn),
    };
    return withSystems(opening, async (systems) => {
      const store = storeOf(opening, systems);
      const patience = { seconds: request.lockWait, stop: stopping.stop, say: host.say };
      return underLock({ store, operation: request.mode, patience }, async (held) => {
        const { state } = held;
        const options =
          request.saved === undefined
            ? planOptions(request.flags, request.mode, { manifest, state })
            : optionsOf(request.saved, manifest, request.flags.parallelism);
        const work = { request, manifest, options, stopping, host, drawn };
        // What is destroyed needs no key that is not there.
        const world = await systems.world(state, request.mode === 'destroy' ? 'looks' : 'writes');
        if (request.mode === 'destroy' && state === undefined) await refuseIfForgotten(world, options);
        return planAndApply(work, world, held);
      });
    });
  });
};

const planAndApply = async (work: Work, world: World, held: Held): Promise<CarriedOut> => {
  const { request, manifest, options, stopping, host, drawn } = work;
  const made = await makePlan(world, options, progressLines(sinkTo(host.say)));
  const fresh = inWorld(made, request.flags.sandbox === true);
  const session = await held.session(fresh.owner.installation);
  const { plan, refused, digest } = narrowed(work, fresh, session.state);
  refuseIfStopped(stopping);
  guardDataLoss(plan, manifest, request.allowDataLoss);
  guardOneWay(plan, manifest);
  await approvePlan(plan, request.approval, host);
  refuseIfStopped(stopping);
  const progress = await progressOf(plan, stopping.stop, host);
  drawn.progress = progress;
  let result: ApplyResult | undefined;
  try {
    result = await apply(
      world,
      plan,
      {
        ...options,
        wait: request.wait,
        allowDataLoss: mayLoseData(manifest, request.allowDataLoss),
        allowIrreversible: manifest.allowIrreversible,
        approve: (beyond) => progress.pause(() => approveBeyond(beyond, request.approval, host)),
        ...(digest === undefined ? {} : { planDigest: digest }),
        signal: stopping.stop,
      },
      session,
      progress.emit,
    );
  } finally {
    await progress.end(result);
  }
  const stale = new Set(refused.map(({ address }) => address));
  const others = result.refused.filter(({ address }) => !stale.has(address));
  return { plan, result: { ...result, refused: [...others, ...refused] }, stale };
};

// listr2 is loaded only where there is somebody to look at it.
const progressOf = async (plan: Plan, stop: AbortSignal, host: Host): Promise<Progress> => {
  const { canvas, screen, redactor, say } = host;
  if (canvas === undefined) return plainProgress(sinkTo(say));
  const { liveProgress } = await import('../views/live-progress.ts');
  return liveProgress(plan, {
    stream: canvas,
    style: screen.style,
    redact: (text) => redactor.redact(text),
    stopping: stop,
  });
};

const narrowed = ({ request, manifest }: Work, fresh: Plan, state: Parameters<typeof guardSaved>[1]['state']) => {
  if (request.saved === undefined) return { plan: fresh, refused: [], digest: undefined };
  const digest = planDigest(request.saved);
  guardSaved(request.saved, { fresh, manifest, state, digest });
  return { ...compareWithSaved(request.saved, fresh), digest };
};

/** Without state lab knows of nothing that it could destroy: that must not pass for "there is nothing". */
const refuseIfForgotten = async (world: World, options: PlanOptions): Promise<void> => {
  const { records, owner } = await rebuild(world, { ...options, ...wholeManifest }, () => {});
  const [first] = records;
  if (first === undefined) return;
  const message = `there is no state, and ${counted(records.length, 'object')} of this manifest carry the mark of ${owner.name}/${owner.environment}, for example ${first.address}`;
  throw new LabError('BAD_STATE', message, {
    next: 'lab state rebuild takes them on record again; then lab destroy deletes them.',
  });
};

const refuseIfStopped = ({ stop }: Stopping): void => {
  if (stop.aborted) throw cancelled('stopped before anything was changed');
};
