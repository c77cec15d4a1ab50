import type { KindFacts, Resource, Right } from './resource.ts';

/** What the calls of one command need of every cloud, each once. `for`: plan also covers drift and verify, apply destroy. */
export const rightsOf = (
  resources: readonly Resource[],
  kinds: ReadonlyMap<string, KindFacts>,
  command: 'plan' | 'apply',
): readonly { readonly provider: string; readonly right: Right }[] => {
  const all = resources.flatMap(({ kind, parts, spec, ownership }) => {
    const facts = kinds.get(kind);
    const rights = facts?.rights(facts.identify(parts, spec), spec);
    if (rights === undefined) return [];
    const provider = kind.slice(0, kind.indexOf('.'));
    // What is only expected is never written.
    const needed = command === 'plan' || ownership === 'expected' ? rights.plan : [...rights.plan, ...rights.apply];
    return needed.map((right) => ({ provider, right }));
  });
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
};
