import { address, parseAddress } from '../../engine/address.ts';
import { findCycle } from '../../engine/graph.ts';
import { referencesIn } from '../../engine/node.ts';
import type { KindFacts, Resource } from '../../engine/resource.ts';
import type { OutputRef } from '../../engine/value.ts';
import { type Complaint, complaint } from '../complaint.ts';
import { didYouMean } from '../suggest.ts';

type Kinds = ReadonlyMap<string, KindFacts>;

/** What is wrong with how resources name each other: targets that are not there, outputs that no kind has, circles. */
export const checkEdges = (resources: readonly Resource[], kinds: Kinds): Complaint[] => {
  const byAddress = new Map(resources.map((resource) => [resource.address, resource]));
  const broken = resources.flatMap((resource) => [
    ...resource.dependsOn
      .filter((need) => !byAddress.has(need))
      .map((need) => complaint(resource.origin, `depends on ${need}, ${notThere(need, byAddress)}`)),
    ...referencesIn(resource.spec).flatMap((reference) => checkReference(resource, reference, byAddress, kinds)),
  ]);
  return broken.length > 0 ? broken : circle(resources, byAddress, kinds);
};

const notThere = (name: string, known: ReadonlyMap<string, Resource>): string =>
  `which this manifest does not have${didYouMean(name, known.keys())}`;

const checkReference = (
  { origin }: Resource,
  { address: target, output }: OutputRef,
  byAddress: ReadonlyMap<string, Resource>,
  kinds: Kinds,
): Complaint[] => {
  const resource = byAddress.get(target);
  if (resource === undefined) return [complaint(origin, `refers to ${target}, ${notThere(target, byAddress)}`)];
  const outputs = Object.keys(kinds.get(resource.kind)?.outputs ?? {});
  if (outputs.some((pattern) => isOutput(pattern, output))) return [];
  const known = outputs.length === 0 ? 'it has none' : `it has ${outputs.join(', ')}`;
  const text = `${resource.kind} has no output ${output}; ${known}${didYouMean(output, outputs)}`;
  return [complaint(origin, text)];
};

// `data.*` means any name: `data.ca.crt`.
const isOutput = (pattern: string, output: string): boolean => {
  const [start = '', end] = pattern.split('*');
  if (end === undefined) return pattern === output;
  return output.length > start.length + end.length && output.startsWith(start) && output.endsWith(end);
};

const circle = (
  resources: readonly Resource[],
  byAddress: ReadonlyMap<string, Resource>,
  kinds: Kinds,
): Complaint[] => {
  const path = findCycle(needsOf(resources, kinds));
  if (path === undefined) return [];
  const first = byAddress.get(path[0] ?? '');
  return [complaint(first?.origin, `resources need each other: ${path.join(' → ')}`)];
};

/** Who comes before whom, as the engine will see it. */
const needsOf = (resources: readonly Resource[], kinds: Kinds): ReadonlyMap<string, readonly string[]> => {
  const bySubject = new Map(resources.map((resource) => [subjectOf(resource, kinds), resource.address]));
  const named = (text: string): string[] => {
    const { kind, parts } = parseAddress(text);
    const facts = kinds.get(kind);
    const found = facts && bySubject.get(address(kind, ...facts.identify(parts, {})));
    return found === undefined ? [] : [found];
  };
  return new Map(
    resources.map((resource) => {
      const facts = kinds.get(resource.kind);
      const id = facts?.identify(resource.parts, resource.spec) ?? [];
      const parent = facts?.parent(id, resource.spec);
      const before = [...(parent === undefined ? [] : [parent]), ...(facts?.after(id, resource.spec) ?? [])];
      const needs = [
        ...before.flatMap(named),
        ...referencesIn(resource.spec).map((reference) => reference.address),
        ...resource.dependsOn,
      ];
      return [resource.address, needs.filter((need) => need !== resource.address)];
    }),
  );
};

const subjectOf = ({ kind, parts, spec }: Resource, kinds: Kinds): string =>
  address(kind, ...(kinds.get(kind)?.identify(parts, spec) ?? parts));
