import { LabError } from '../errors.ts';
import type { StateRecord } from '../state/store.ts';
import { providerOf } from './address.ts';
import type { Action, Change, Diagnostic, Owner, Standing } from './change.ts';
import { subjectOf } from './node.ts';
import type { Observer } from './observe.ts';
import { whoseMark } from './owner.ts';
import type { World } from './world.ts';

/** What became of records that no manifest line desires. */
export interface Orphans {
  readonly changes: readonly Change[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Plans what happens to recorded objects that nothing desires: delete, release or forget; never in another scope. */
export const planOrphans = async (
  records: readonly StateRecord[],
  given: Omit<Context, 'dependents'>,
): Promise<Orphans> => {
  const context = { ...given, dependents: dependentsIn(given.world.state?.records ?? []) };
  const elsewhere: StateRecord[] = [];
  const changes = await Promise.all(
    records.map(async (record): Promise<Change | undefined> => {
      const place = await context.observer.locate(providerOf(record.kind), gatesOf(record, context.world), record.kind);
      if (place.is === 'gated')
        return orphan(record, context.dependents, ['none'], { is: 'blind', because: place.because });
      if (place.is === 'refused') return orphan(record, context.dependents, ['none'], blocked(place.error.message));
      if (place.scope !== record.scope) {
        elsewhere.push(record);
        return undefined;
      }
      return here(record, context);
    }),
  );
  return { changes: changes.filter((change) => change !== undefined), diagnostics: elsewhereWarnings(elsewhere) };
};

type Dependents = ReadonlyMap<string, readonly string[]>;
type Context = {
  world: World;
  observer: Observer;
  owner: Owner;
  /** What the manifest expects from others now: kind and id. */
  expected: ReadonlySet<string>;
  dependents: Dependents;
};

const dependentsIn = (records: readonly StateRecord[]): Dependents => {
  const dependents = new Map<string, string[]>();
  for (const { address, dependsOn } of records) {
    for (const need of dependsOn) dependents.set(need, [...(dependents.get(need) ?? []), address]);
  }
  return dependents;
};

const gatesOf = (record: StateRecord, world: World): readonly string[] =>
  world.kinds.get(record.kind)?.gates(record.id, {}) ?? [];

const here = async (record: StateRecord, context: Context): Promise<Change> => {
  if (context.expected.has(subjectOf(record.kind, record.id))) {
    const note = 'the manifest says that it is made elsewhere; left as it is';
    return orphan(record, context.dependents, ['forget'], { is: 'planned' }, [note]);
  }
  const facts = context.world.kinds.get(record.kind);
  const sight = await context.observer.lookAt(record.kind, record.id, gatesOf(record, context.world));
  const plan = (actions: readonly Action[], standing: Standing = { is: 'planned' }, notes: readonly string[] = []) =>
    orphan(record, context.dependents, actions, standing, notes);
  if (sight.is === 'gated') return plan(['none'], { is: 'blind', because: sight.because });
  if (sight.is === 'refused') return plan(['none'], blocked(sight.error.message));
  if (sight.live.exists === 'unknown') return plan(['none'], blocked(sight.live.because));
  if (sight.live.exists === 'no') return plan(['forget'], undefined, ['gone already']);
  if (record.ownership === 'contributed') return plan(['release']);
  // The record alone is not enough where the kind carries a mark: somebody may have taken the object over.
  if (facts?.mark === 'own' && whoseMark(sight.live.mark, context.owner) !== 'ours') {
    return plan(['forget'], undefined, ['no longer carries our mark; left as it is']);
  }
  if (facts?.protect === undefined) return plan(['delete']);
  const losses = await lossesOf(record, context.observer);
  return { ...plan(['delete']), protect: losses === undefined ? facts.protect : `${facts.protect}: ${losses}` };
};

// Who may not count what is lost still learns that it is.
const lossesOf = async ({ kind, id }: StateRecord, observer: Observer): Promise<string | undefined> => {
  const provider = providerOf(kind);
  try {
    return await observer.bounded(provider, () => observer.connection(provider).kind(kind).losses(id));
  } catch (error) {
    if (error instanceof LabError) return undefined;
    throw error;
  }
};

const blocked = (because: string): Standing => ({ is: 'blocked', because, root: true });

const orphan = (
  record: StateRecord,
  dependents: Dependents,
  actions: readonly Action[],
  standing: Standing,
  notes: readonly string[] = [],
): Change => ({
  address: record.address,
  identity: record.identity,
  kind: record.kind,
  phase: providerOf(record.kind) === 'vault' ? 'production' : 'bootstrap',
  actions,
  standing,
  ownership: record.ownership,
  fields: [],
  notes,
  // What needed this object goes, or lets go of it, first.
  dependsOn: dependents.get(record.address) ?? [],
  observed: record.receipt.live,
  desired: '',
});

const elsewhereWarnings = (records: readonly StateRecord[]): Diagnostic[] => {
  const systems = Map.groupBy(records, (record) => `${providerOf(record.kind)} ${record.scope}`);
  return [...systems].map(([system, group]) => ({
    severity: 'warning',
    code: 'OTHER_SCOPE',
    message: `state knows ${group.length} ${group.length === 1 ? 'object' : 'objects'} in another system (${system}), for example ${group[0]?.address}; left untouched`,
    next: 'If that system is gone for good, forget them with: lab state rm ADDRESS',
  }));
};
