import { address, parseAddress } from '../../engine/address.ts';
import { findCycle, type Graph } from '../../engine/graph.ts';
import { referencesIn } from '../../engine/node.ts';
import type { KindFacts, Resource } from '../../engine/resource.ts';
import { takenFrom } from '../../engine/stored.ts';
import { LabError } from '../../errors.ts';
import type { Complaint } from '../complaint.ts';
import { type Given, wrong } from '../expand/draft.ts';
import type { Placed } from './checks.ts';
import { withAdvice } from './identity.ts';

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

/** Complains of names of others in a spec that the others' kind does not take: nobody can be looked for under them. */
export const checkOthersNames = (given: Given, placed: readonly Placed[], kinds: Kinds): Complaint[] =>
  placed.flatMap(({ resource, path }) => {
    try {
      for (const text of namedBefore(resource, kinds)) subjectNamed(text, kinds);
      return [];
    } catch (error) {
      if (error instanceof LabError) return [wrong(given, path, withAdvice(error))];
      throw error;
    }
  });

/** Who comes before whom, as the engine will see it. */
const needsOf = (resources: readonly Resource[], kinds: Kinds): Graph => {
  const bySubject = new Map(resources.map((resource) => [subjectOf(resource, kinds), resource.address]));
  return new Map(
    resources.map((resource) => {
      const references = referencesIn(resource.spec).map((reference) => reference.address);
      const named = namedBefore(resource, kinds).flatMap((text) => bySubject.get(subjectNamed(text, kinds)) ?? []);
      const needs = [...named, ...references, ...resource.dependsOn];
      return [resource.address, needs.filter((need) => need !== resource.address)];
    }),
  );
};

/** Addresses that a resource's kind and sources put before it; they may be spelt otherwise than in the manifest. */
const namedBefore = (resource: Resource, kinds: Kinds): readonly string[] => {
  const sources = takenFrom(resource.spec).map((source) => source.address);
  const facts = kinds.get(resource.kind);
  if (facts === undefined) return sources;
  const id = facts.identify(resource.parts, resource.spec);
  const parent = facts.parent(id, resource.spec);
  return [...(parent === undefined ? [] : [parent]), ...facts.after(id, resource.spec), ...sources];
};

const subjectNamed = (text: string, kinds: Kinds): string => {
  const { kind, parts } = parseAddress(text);
  return address(kind, ...(kinds.get(kind)?.identify(parts, {}) ?? parts));
};

const subjectOf = ({ kind, parts, spec }: Resource, kinds: Kinds): string =>
  address(kind, ...(kinds.get(kind)?.identify(parts, spec) ?? parts));
