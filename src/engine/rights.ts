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
    const id = facts?.identify(parts, spec) ?? [];
    const rights = facts?.rights(id, spec);
    const into = facts?.into(id, spec);
    // What it does in its own system a kind states itself.
    const elsewhere = into !== undefined && providerOf(into) !== providerOf(kind) ? into : undefined;
    const of = (needed: readonly Right[]): Stated[] => needed.map((right) => ({ provider: providerOf(kind), right }));
    // What is only expected is never written.
    const writes = command === 'apply' && ownership !== 'expected';
    return [
      ...(rights === undefined ? [] : of(writes ? everything(rights) : rights.plan)),
      ...takenFrom(spec).flatMap((source) => inSecret(source.address, kinds, ({ value = [] }) => value)),
      ...inSecret(elsewhere, kinds, (there) => (writes ? delivering(there) : there.plan)),
    ];
  });
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
};

/** What is needed in a secret that is another resource's source or destination. */
const inSecret = (
  address: string | undefined,
  kinds: ReadonlyMap<string, KindFacts>,
  choose: (rights: Rights) => readonly Right[],
): Stated[] => {
  if (address === undefined) return [];
  const { kind, parts } = parseAddress(address);
  const facts = kinds.get(kind);
  const rights = facts?.rights(facts.identify(parts, {}), {});
  return rights === undefined ? [] : choose(rights).map((right) => ({ provider: providerOf(kind), right }));
};

/** The proof of what was put there reads it, where it may. */
const delivering = ({ plan, apply, value = [] }: Rights): readonly Right[] => [
  ...plan,
  ...apply,
  ...value.map((right): Right => ({ ...right, optional: true })),
];

const everything = ({ plan, apply, settings = [], verify = [] }: Rights): readonly Right[] => [
  ...plan,
  ...apply,
  ...settings,
  ...verify,
];

/** What may be done where, both sorted: the same for equal rights. */
export const byPlace = (rights: readonly Right[]): Readonly<Record<string, readonly string[]>> => {
  const places = Map.groupBy(rights, ({ on }) => on);
  const entries = [...places].map(([on, group]): [string, readonly string[]] => [
    on,
    [...new Set(group.map(({ action }) => action))].toSorted(),
  ]);
  return Object.fromEntries(entries.toSorted(([left], [right]) => (left < right ? -1 : 1)));
};
