import { parseAddress, providerOf } from './address.ts';
import type { KindFacts, Resource, Right, Rights } from './resource.ts';
import { takenFrom } from './stored.ts';

/** A right, and in which system. */
interface Stated {
  readonly provider: string;
  readonly right: Right;
}

/** What the calls of one command need of every system, each once. `for`: plan also covers drift, apply destroy and verify. */
export const rightsOf = (
  resources: readonly Pick<Resource, 'kind' | 'parts' | 'spec' | 'ownership'>[],
  kinds: ReadonlyMap<string, KindFacts>,
  command: 'plan' | 'apply',
): readonly Stated[] => {
  const all = resources.flatMap(({ kind, parts, spec, ownership }): Stated[] => {
    const facts = kinds.get(kind);
    const rights = facts?.rights(facts.identify(parts, spec), spec);
    const taken = takenFrom(spec).flatMap((source) => valueRights(source.address, kinds));
    if (rights === undefined) return taken;
    // What is only expected is never written.
    const needed = command === 'plan' || ownership === 'expected' ? rights.plan : everything(rights);
    return [...needed.map((right) => ({ provider: providerOf(kind), right })), ...taken];
  });
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
};

/** What reading the value of a secret needs. */
const valueRights = (address: string, kinds: ReadonlyMap<string, KindFacts>): Stated[] => {
  const { kind, parts } = parseAddress(address);
  const facts = kinds.get(kind);
  const rights = facts?.rights(facts.identify(parts, {}), {})?.value ?? [];
  return rights.map((right) => ({ provider: providerOf(kind), right }));
};

const everything = ({ plan, apply, verify = [] }: Rights): readonly Right[] => [...plan, ...apply, ...verify];

/** What may be done where, both sorted: the same for equal rights. */
export const byPlace = (rights: readonly Right[]): Readonly<Record<string, readonly string[]>> => {
  const places = Map.groupBy(rights, ({ on }) => on);
  const entries = [...places].map(([on, group]): [string, readonly string[]] => [
    on,
    [...new Set(group.map(({ action }) => action))].toSorted(),
  ]);
  return Object.fromEntries(entries.toSorted(([left], [right]) => (left < right ? -1 : 1)));
};
