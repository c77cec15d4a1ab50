import { address, parseAddress } from '../../engine/address.ts';
import { findCycle, type Graph } from '../../engine/graph.ts';
import { referencesIn } from '../../engine/node.ts';
import type { KindFacts, Resource } from '../../engine/resource.ts';
import { takenFrom } from '../../engine/stored.ts';
import type { Complaint } from '../complaint.ts';
import { type Given, wrong } from '../expand/draft.ts';
import type { Placed } from './checks.ts';

type Kinds = ReadonlyMap<string, KindFacts>;

/** Complains of resources that need each other, with the path. */
export const checkCircle = (given: Given, placed: readonly Placed[], kinds: Kinds): Complaint[] => {
  const circle = findCycle(
    needsOf(
      placed.map(({ resource }) => resource),
      kinds,
    ),
  );
  const first = placed.find(({ resource }) => resource.address === circle?.[0]);
  if (circle === undefined || first === undefined) return [];
  return [wrong(given, first.path, `resources need each other: ${circle.join(' → ')}`)];
};

/** Who comes before whom, as the engine will see it. */
const needsOf = (resources: readonly Resource[], kinds: Kinds): Graph => {
  const bySubject = new Map(resources.map((resource) => [subjectOf(resource, kinds), resource.address]));
  const named = (text: string): string[] => {
    const { kind, parts } = parseAddress(text);
    const facts = kinds.get(kind);
    const found = facts && bySubject.get(address(kind, ...facts.identify(parts, {})));
    return found === undefined ? [] : [found];
  };
  const before = (resource: Resource): string[] => {
    const facts = kinds.get(resource.kind);
    if (facts === undefined) return [];
    const id = facts.identify(resource.parts, resource.spec);
    const parent = facts.parent(id, resource.spec);
    return [...(parent === undefined ? [] : [parent]), ...facts.after(id, resource.spec)].flatMap(named);
  };
  return new Map(
    resources.map((resource) => {
      const references = referencesIn(resource.spec).map((reference) => reference.address);
      const sources = takenFrom(resource.spec).flatMap((source) => named(source.address));
      const needs = [...before(resource), ...references, ...sources, ...resource.dependsOn];
      return [resource.address, needs.filter((need) => need !== resource.address)];
    }),
  );
};

const subjectOf = ({ kind, parts, spec }: Resource, kinds: Kinds): string =>
  address(kind, ...(kinds.get(kind)?.identify(parts, spec) ?? parts));
