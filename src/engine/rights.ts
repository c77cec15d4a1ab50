import type { KindFacts, Resource, Right, Rights } from './resource.ts';

/** What the calls of one command need of every system, each once. `for`: plan also covers drift, apply destroy and verify. */
export const rightsOf = (
  resources: readonly Pick<Resource, 'kind' | 'parts' | 'spec' | 'ownership'>[],
  kinds: ReadonlyMap<string, KindFacts>,
  command: 'plan' | 'apply',
): readonly { readonly provider: string; readonly right: Right }[] => {
  const all = resources.flatMap(({ kind, parts, spec, ownership }) => {
    const facts = kinds.get(kind);
    const rights = facts?.rights(facts.identify(parts, spec), spec);
    if (rights === undefined) return [];
    const provider = kind.slice(0, kind.indexOf('.'));
    // What is only expected is never written.
    const needed = command === 'plan' || ownership === 'expected' ? rights.plan : everything(rights);
    return needed.map((right) => ({ provider, right }));
  });
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
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
