import type { State, StateRecord } from '../state/store.ts';
import { providerOf } from './address.ts';
import { type Assessing, type Assessment, assess } from './assess.ts';
import type { Change, Diagnostic, Owner, Plan, System } from './change.ts';
import { checkChain } from './check-chain.ts';
import { checkFields } from './check-fields.ts';
import { comesBy } from './coming.ts';
import { errorsOf } from './diagnose.ts';
import type { Emit } from './event.ts';
import { otherScope } from './expected-scope.ts';
import { buildNodes, type Node, type Nodes, phasesOf, subjectOf, writersOf } from './node.ts';
import { type Observer, observe, type Sight } from './observe.ts';
import { planOrphans } from './orphans.ts';
import { installationSeen } from './owner.ts';
import { changesOf } from './planned.ts';
import type { Live } from './resource.ts';
import { isSelected, selectNodes } from './select.ts';
import { summarise } from './summary.ts';
import type { PlanOptions, World } from './world.ts';

/** A plan, with what it was made from. */
export interface Survey {
  readonly plan: Plan;
  readonly nodes: Nodes;
  readonly assessed: ReadonlyMap<string, Assessment>;
  readonly observer: Observer;
}

/** Reads everything, compares, and says what would be done. Writes nothing, to no system and not to state. */
export const makePlan = async (world: World, options: PlanOptions, emit: Emit): Promise<Plan> =>
  (await survey(world, options, emit)).plan;

/** As makePlan, for who goes on from what was seen. */
export const survey = async (world: World, options: PlanOptions, emit: Emit): Promise<Survey> => {
  const observer = observe(world, options.parallelism);
  await checkIdentity(world, observer);
  const everything = buildNodes(world.resources, world.kinds);
  const nodes = options.mode === 'destroy' ? new Map<string, Node>() : selectNodes(everything, options);
  const sights = await lookAtAll(nodes, observer, emit);
  const owner = ownerOf(world, sights);
  const judged = await checkChain(nodes, await assessAll(nodes, sights, { world, options, owner }), observer);
  const { assessed, diagnostics: untold } = await checkFields(nodes, judged, observer);
  const phases = phasesOf(everything);
  const lost = lostSystems(world, sights);
  const planned = changesOf(nodes, assessed, { phases, lost, records: world.state?.records ?? [] });
  const claimed = new Set([...assessed.values()].flatMap((found) => (found.is === 'assessed' ? [found.identity] : [])));
  const expected = expectedIn(everything);
  const left = orphanRecords(world, everything, { claimed, expected, options });
  const orphans = await planOrphans(left, { world, observer, owner, expected });
  const changes = [...planned, ...orphans.changes];
  const diagnostics = [
    ...world.diagnostics,
    ...stateDiagnostics(world, options),
    ...orphans.diagnostics,
    ...untold,
    ...errorsOf(assessed, changes),
  ];
  const systems = await describeSystems(world, observer, lost);
  const plan = assemble(world, options, { owner, changes, diagnostics, systems });
  return { plan, nodes, assessed, observer };
};

/** Stops before the first read if a system is not the one that the manifest names. One that cannot be asked yet passes. */
const checkIdentity = async (world: World, observer: Observer): Promise<void> => {
  for (const [provider, expected] of Object.entries(world.expects)) {
    const place = await observer.locate(provider, []);
    // Some clients find out by themselves that it is another one.
    if (place.is === 'refused' && place.error.code === 'GUARD') throw place.error;
    if (place.is !== 'located' || place.scope === expected) continue;
    throw otherScope(provider, place.scope, expected);
  }
};

/** Every object looked at once, containers before what they hold. */
const lookAtAll = async (nodes: Nodes, observer: Observer, emit: Emit): Promise<ReadonlyMap<string, Sight>> => {
  emit({ type: 'reading', total: nodes.size });
  const pending = new Map<string, Promise<Sight>>();
  for (const node of nodes.values()) {
    const container = node.parent === undefined ? undefined : pending.get(node.parent);
    const look = async (): Promise<Sight> => {
      const above = await container;
      const sight = await observer.look(node, node.resource.spec, above?.is === 'seen' && above.live.exists === 'no');
      emit({ type: 'read', address: node.address });
      return sight;
    };
    pending.set(node.address, look());
  }
  return new Map(await Promise.all([...pending].map(async ([address, sight]) => [address, await sight] as const)));
};

const ownerOf = (world: World, sights: ReadonlyMap<string, Sight>): Owner => {
  if (world.state !== undefined) return { ...world.owner, installation: world.state.installation };
  const marks = [...sights.values()].map((sight) => (sight.is === 'seen' ? markSeen(sight.live) : undefined));
  const installation = installationSeen(marks, world.owner);
  return installation === undefined ? world.owner : { ...world.owner, installation };
};

const markSeen = (live: Live): string | undefined => (live.exists === 'yes' ? live.mark : undefined);

const assessAll = async (
  nodes: Nodes,
  sights: ReadonlyMap<string, Sight>,
  given: Pick<Assessing, 'world' | 'options' | 'owner'>,
): Promise<ReadonlyMap<string, Assessment>> => {
  const assessed = new Map<string, Assessment>();
  const writerOf = writersOf(nodes, given.world.kinds);
  const records = recordsByIdentity(given.world.state);
  const replaced = (address: string): boolean => {
    const found = assessed.get(address);
    return found?.is === 'assessed' && found.decision.actions.includes('replace');
  };
  const context: Assessing = {
    ...given,
    records,
    outputOf: ({ address, output }) => {
      const found = assessed.get(address);
      const stays = found?.is === 'assessed' && !replaced(address) && found.live.exists === 'yes';
      return stays && found.live.exists === 'yes' ? found.live.outputs[output] : undefined;
    },
    comes: (source) => {
      const found = assessed.get(writerOf(source.address) ?? '');
      return found !== undefined && comesBy(found, source);
    },
    container: (node) => {
      const found = node.parent === undefined ? undefined : assessed.get(node.parent);
      return {
        live: found?.is === 'assessed' ? found.live : undefined,
        replaced: node.parent !== undefined && replaced(node.parent),
      };
    },
  };
  for (const [address, node] of nodes) {
    const sight = sights.get(address);
    if (sight !== undefined) assessed.set(address, await assess(node, sight, context));
  }
  return assessed;
};

/** Records as decisions look them up. */
export const recordsByIdentity = (state: State | undefined): ReadonlyMap<string, StateRecord> =>
  new Map((state?.records ?? []).map((record) => [record.identity, record]));

/** Systems that were in service at the last apply, hold something that it left, and stand behind a shut gate now. */
const lostSystems = (world: World, sights: ReadonlyMap<string, Sight>): ReadonlyMap<string, string> => {
  const lost = new Map<string, string>();
  const used = new Set((world.state?.records ?? []).map(({ kind }) => providerOf(kind)));
  for (const sight of sights.values()) {
    if (sight.is !== 'gated') continue;
    const provider = providerOf(sight.gate);
    if (world.state?.systems[provider] !== undefined && used.has(provider)) lost.set(provider, sight.because);
  }
  return lost;
};

/** What the manifest expects from others, whoever made it: kind and id. */
const expectedIn = (nodes: Nodes): ReadonlySet<string> =>
  new Set(
    [...nodes.values()].flatMap(({ resource, id }) =>
      resource.ownership === 'expected' ? [subjectOf(resource.kind, id)] : [],
    ),
  );

const orphanRecords = (
  world: World,
  nodes: Nodes,
  given: { claimed: ReadonlySet<string>; expected: ReadonlySet<string>; options: PlanOptions },
): StateRecord[] => {
  const { claimed, expected, options } = given;
  const records = (world.state?.records ?? []).filter((record) => isSelected(record.address, options));
  if (options.mode === 'destroy') return records;
  // A desired object that could not be looked at is still desired: its record is no orphan. One that was seen, in another
  // scope than its record says, leaves the record to be reported.
  const seen = new Set([...claimed].map((identity) => identity.slice(identity.indexOf('/') + 1)));
  const wanted = new Set([...nodes.values()].map((node) => subjectOf(node.resource.kind, node.id)));
  return records.filter((record) => {
    const subject = subjectOf(record.kind, record.id);
    if (expected.has(subject)) return true;
    return !claimed.has(record.identity) && (!wanted.has(subject) || seen.has(subject));
  });
};

const stateDiagnostics = (world: World, options: PlanOptions): Diagnostic[] => {
  if (world.state === undefined && options.mode === 'destroy') {
    const message = 'there is no state: nothing is known to be made by lab, so there is nothing to destroy';
    return [{ severity: 'warning', code: 'NO_STATE', message }];
  }
  return (world.state?.broken ?? []).map(({ identity, why }) => ({
    severity: 'warning' as const,
    code: 'BAD_STATE',
    message: `the state record of ${identity} cannot be read (${why}); it is left alone, and nothing is deleted because of it`,
  }));
};

const describeSystems = async (
  world: World,
  observer: Observer,
  lost: ReadonlyMap<string, string>,
): Promise<System[]> =>
  Promise.all(
    [...world.connections].map(async ([provider, connection]): Promise<System> => {
      const because = lost.get(provider);
      const place = because === undefined ? await observer.locate(provider, []) : undefined;
      return {
        provider,
        description: await connection.describe(),
        ...(place?.is === 'located' ? { scope: place.scope } : {}),
        ...(because === undefined ? {} : { lost: because }),
      };
    }),
  );

/** A plan put together from its changes. */
export const assemble = (
  world: World,
  options: PlanOptions,
  parts: { owner: Owner; changes: readonly Change[]; diagnostics: readonly Diagnostic[]; systems: readonly System[] },
): Plan => {
  const { changes, diagnostics } = parts;
  const summary = summarise(changes);
  const acts = changes.some(
    ({ standing, actions }) =>
      standing.is === 'deferred' || (standing.is === 'planned' && actions.some((action) => action !== 'none')),
  );
  return {
    formatVersion: 1,
    toolVersion: world.toolVersion,
    owner: parts.owner,
    inputs: world.inputs,
    ...(world.state === undefined ? {} : { serial: world.state.serial }),
    mode: options.mode,
    systems: parts.systems,
    applyable: acts,
    complete: summary.deferred + summary.blind + summary.blocked === 0,
    errored: diagnostics.some((diagnostic) => diagnostic.severity === 'error'),
    summary,
    changes,
    diagnostics,
    createdAt: world.now(),
  };
};
