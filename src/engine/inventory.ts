import { LabError } from '../errors.ts';
import { address, providerOf } from './address.ts';
import type { Plan } from './change.ts';
import type { Emit } from './event.ts';
import { subjectOf } from './node.ts';
import { whoseMark } from './owner.ts';
import { type Survey, survey } from './plan.ts';
import type { Present } from './resource.ts';
import type { PlanOptions, World } from './world.ts';

/** Objects that are there and that nothing asks for, by address. */
export interface Inventory {
  /** They carry our mark, and neither the manifest nor state knows them. */
  readonly extra: readonly string[];
  /** Somebody else's, in the same places; none of lab's business. */
  readonly unmanaged: readonly string[];
}

/** A plan, and what else lies where its resources are. */
export const planWithInventory = async (
  world: World,
  options: PlanOptions,
  emit: Emit,
): Promise<{ readonly plan: Plan; readonly inventory: Inventory }> => {
  const seen = await survey(world, options, emit);
  // Who looks at a part asks for no more than that.
  const isWhole = options.targets.length + options.excludes.length === 0;
  return { plan: seen.plan, inventory: isWhole ? await inventoryOf(world, seen) : { extra: [], unmanaged: [] } };
};

const inventoryOf = async (world: World, { plan, nodes, assessed, observer }: Survey): Promise<Inventory> => {
  const asked = new Set([
    ...[...nodes.values()].map((node) => subjectOf(node.resource.kind, node.id)),
    ...(world.state?.records ?? []).map((record) => subjectOf(record.kind, record.id)),
  ]);
  // Only of kinds that something is known of already: then their system answers, and this login may look.
  const looked = [...nodes.values()].filter((node) => assessed.get(node.address)?.is === 'assessed');
  const kinds = Map.groupBy(looked, (node) => node.resource.kind);
  const lists = await Promise.all(
    [...kinds].map(async ([kind, sample]) => {
      const provider = providerOf(kind);
      const list = observer.connection(provider).kind(kind).inventory;
      const ids = sample.map(({ id }) => id);
      const present =
        list === undefined ? [] : await observer.bounded(provider, () => nothingIfRefused(() => list(ids)));
      return present.map(({ id, mark }) => ({ kind, id, mark }));
    }),
  );
  const strangers = lists.flat().filter(({ kind, id }) => !asked.has(subjectOf(kind, id)));
  const named = (isOurs: boolean) =>
    strangers
      .filter(({ mark }) => (whoseMark(mark, plan.owner) === 'ours') === isOurs)
      .map(({ kind, id }) => address(kind, ...id))
      .toSorted();
  return { extra: named(true), unmanaged: named(false) };
};

const nothingIfRefused = async (list: () => Promise<readonly Present[]>): Promise<readonly Present[]> => {
  try {
    return await list();
  } catch (error) {
    if (error instanceof LabError && error.code === 'DENIED') return [];
    throw error;
  }
};
