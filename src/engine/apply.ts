import { LabError } from '../errors.ts';
import type { StateSession } from '../state/store.ts';
import { providerOf } from './address.ts';
import type { Change, Diagnostic, Plan } from './change.ts';
import { causeOf, toDiagnostic } from './diagnose.ts';
import type { Emit } from './event.ts';
import { execute } from './execute.ts';
import { inOrder } from './graph.ts';
import { buildNodes, type Node } from './node.ts';
import { observe } from './observe.ts';
import type { ApplyOptions, ApplyResult } from './outcome.ts';
import { assemble, recordsByIdentity } from './plan.ts';
import { removeOrphan } from './removal.ts';
import type { Outcome, Run } from './run.ts';
import { selectNodes } from './select.ts';
import { gatekeeper, stopwatch } from './waiting.ts';
import type { World } from './world.ts';

/**
 * Makes the approved plan so, in dependency order. Every object is read and decided on once more just before its write;
 * what lies outside the approval stops. A failure skips what depends on it and nothing else.
 */
export const apply = async (
  world: World,
  approved: Plan,
  options: ApplyOptions,
  session: StateSession,
  emit: Emit,
): Promise<ApplyResult> => {
  const started = performance.now();
  const run = newRun(world, approved, options, session, emit);
  const changes = new Map(approved.changes.map((change) => [change.address, change]));
  const outcomes = new Map<string, Promise<Outcome>>();
  for (const node of run.nodes.values()) {
    outcomes.set(
      node.address,
      step(node.address, node.needs, outcomes, run, () => runNode(node, changes.get(node.address), run)),
    );
  }
  for (const change of removalsInOrder(approved)) {
    // A moved or re-created object keeps its address; its old record is a step of its own.
    const key = outcomes.has(change.address) ? `${change.address} (${change.identity})` : change.address;
    outcomes.set(
      key,
      step(change.address, change.dependsOn, outcomes, run, () => removeOrphan(change, run)),
    );
  }
  const settled = await Promise.allSettled([...outcomes].map(async ([key, outcome]) => [key, await outcome] as const));
  const bug = settled.find((result) => result.status === 'rejected');
  if (bug !== undefined) throw bug.reason;
  const ended = new Map(settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
  if (approved.mode === 'apply') await rememberSystems(run, approved);
  const complete = [...ended.values()].every(({ is }) => is === 'done' || is === 'unchanged');
  if (complete && options.planDigest !== undefined)
    await session.append({ step: 'plan-used', digest: options.planDigest });
  return resultOf(run, ended, Math.round(performance.now() - started));
};

const newRun = (world: World, approved: Plan, options: ApplyOptions, session: StateSession, emit: Emit): Run => {
  const queues = new Map<string, Promise<unknown>>();
  const diagnostics = [...approved.diagnostics];
  const hasFailed = () => diagnostics.length > approved.diagnostics.length;
  const { wait, signal } = options;
  const exclusively: Run['exclusively'] = (key, work) => {
    if (key === undefined) return work();
    const turn = (queues.get(key) ?? Promise.resolve()).then(work, work);
    queues.set(key, turn);
    return turn;
  };
  return {
    world,
    nodes:
      approved.mode === 'destroy'
        ? new Map<string, Node>()
        : selectNodes(buildNodes(world.resources, world.kinds), options),
    options,
    session,
    records: recordsByIdentity(session.state),
    observer: observe(world, options.parallelism),
    gates: gatekeeper(world, { wait, hasFailed, signal }, emit),
    clock: stopwatch(),
    emit,
    sights: new Map(),
    diagnostics,
    exclusively,
    approve: (beyond) =>
      exclusively('approval', () =>
        options.approve(
          assemble(world, options, {
            owner: approved.owner,
            changes: [beyond],
            diagnostics: [],
            systems: approved.systems,
          }),
        ),
      ),
  };
};

const step = async (
  address: string,
  needs: readonly string[],
  outcomes: ReadonlyMap<string, Promise<Outcome>>,
  run: Run,
  work: () => Promise<Outcome>,
): Promise<Outcome> => {
  for (const need of needs) {
    const outcome = await outcomes.get(need);
    if (outcome === undefined || outcome.is === 'done' || outcome.is === 'unchanged') continue;
    const because = `needs ${need}`;
    if (outcome.is === 'cancelled') return outcome;
    if (outcome.is === 'deferred') return outcome;
    run.emit({ type: 'skipped', address, because });
    return { is: 'skipped', because };
  }
  if (run.options.signal.aborted) return { is: 'cancelled' };
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    if (error.code === 'CANCELLED') return brokenOff(address, run);
    const origin = run.nodes.get(address)?.resource.origin;
    const diagnostic = toDiagnostic(error, { address, ...(origin === undefined ? {} : { origin }) });
    // A gate that is broken is one cause for all that stands behind it.
    const cause = causeOf(diagnostic);
    if (!run.diagnostics.some((other) => causeOf(other) === cause)) run.diagnostics.push(diagnostic);
    run.emit({ type: 'failed', address, diagnostic });
    return { is: 'failed' };
  }
};

/** Stopped while it waited: what was begun is left to the next run. */
const brokenOff = (address: string, run: Run): Outcome => {
  if (run.session.state.records.some((record) => record.address === address && record.status === 'begun')) {
    const message = 'it was begun, and stopped while it waited; the next apply goes on with it';
    run.diagnostics.push({ severity: 'warning', code: 'CANCELLED', message, address });
  }
  return { is: 'cancelled' };
};

const runNode = async (node: Node, change: Change | undefined, run: Run): Promise<Outcome> => {
  if (change === undefined) return { is: 'refused', because: 'it is not in the approved plan' };
  if (change.standing.is === 'blocked') {
    // Its cause is among the plan's diagnostics already.
    return change.standing.root ? { is: 'failed' } : { is: 'skipped', because: change.standing.because };
  }
  const settled = change.standing.is === 'planned' && change.actions.every((action) => action === 'none');
  return settled && !needsRecord(change, run) ? { is: 'unchanged' } : execute(node, change, run);
};

const needsRecord = (change: Change, run: Run): boolean => {
  if (change.ownership === 'used' || change.ownership === 'expected') return false;
  const record = run.records.get(change.identity);
  return record === undefined || record.status === 'begun' || record.address !== change.address;
};

/** Changes without an origin are of objects that no manifest line desires. They come after what depended on them; an order that old records make impossible falls back to their own. */
const removalsInOrder = (approved: Plan): readonly Change[] => {
  const removals = approved.changes.filter((change) => change.origin === undefined);
  const byAddress = new Map(removals.map((change) => [change.address, change]));
  const order = inOrder(new Map(removals.map((change) => [change.address, change.dependsOn])));
  return order?.flatMap((address) => byAddress.get(address) ?? []) ?? removals;
};

const rememberSystems = async (run: Run, approved: Plan): Promise<void> => {
  for (const { provider } of approved.systems) {
    const gates = [...run.nodes.values()].find((node) => node.provider === provider)?.gates ?? [];
    const place = await run.observer.locate(
      provider,
      gates.filter((gate) => providerOf(gate) === provider),
    );
    if (place.is !== 'located' || run.session.state.systems[provider] === place.scope) continue;
    await run.session.append({ step: 'system', provider, scope: place.scope });
  }
};

const resultOf = (run: Run, ended: ReadonlyMap<string, Outcome>, ms: number): ApplyResult => {
  const where = (is: Outcome['is']) => [...ended].flatMap(([address, outcome]) => (outcome.is === is ? [address] : []));
  const because = (is: 'deferred' | 'refused') =>
    [...ended].flatMap(([address, outcome]) => (outcome.is === is ? [{ address, because: outcome.because }] : []));
  const diagnostics: readonly Diagnostic[] = run.diagnostics;
  return {
    formatVersion: 1,
    done: where('done'),
    unchanged: where('unchanged'),
    failed: where('failed'),
    skipped: where('skipped'),
    deferred: because('deferred'),
    refused: because('refused'),
    diagnostics,
    cancelled: run.options.signal.aborted,
    writes: [...run.world.connections.values()].reduce((sum, connection) => sum + connection.writes(), 0),
    ms,
    waitedMs: run.clock.waitedMs(),
  };
};
