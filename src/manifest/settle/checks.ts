import type { Path } from '../../engine/path.ts';
import type { KindFacts, Resource } from '../../engine/resource.ts';
import { didYouMean } from '../../engine/suggest.ts';
import { isFields, isList, isReference, type OutputRef, type Value } from '../../engine/value.ts';
import type { Complaint } from '../complaint.ts';
import { type Given, wrong } from '../expand/draft.ts';
import { existing } from '../yaml/tree.ts';

/** A resource and the manifest path that asked for it. */
export interface Placed {
  readonly resource: Resource;
  readonly path: Path;
}

/** What is wrong with the names of other resources: targets that are not there, outputs that no kind has. */
export const checkNames = (
  given: Given,
  placed: readonly Placed[],
  kinds: ReadonlyMap<string, KindFacts>,
): Complaint[] => {
  const byAddress = new Map(placed.map(({ resource }) => [resource.address, resource]));
  const notThere = (name: string): string => `which this manifest does not have${didYouMean(name, byAddress.keys())}`;
  const at = (path: Path, field: Path, text: string): Complaint =>
    wrong(given, existing(given.tree, [...path, ...field]), text);

  return placed.flatMap(({ resource, path }) => [
    ...resource.dependsOn
      .filter((need) => !byAddress.has(need))
      .map((need) => at(path, ['dependsOn'], `depends on ${need}, ${notThere(need)}`)),
    ...referencesAt(resource.spec, []).flatMap(({ reference, field }) => {
      const target = byAddress.get(reference.address);
      if (target === undefined)
        return [at(path, field, `refers to ${reference.address}, ${notThere(reference.address)}`)];
      const problem = missingOutput(kinds.get(target.kind), reference.output);
      return problem === undefined ? [] : [at(path, field, problem)];
    }),
  ]);
};

/** Addresses in `allowIrreversible` that nothing has: a slip of the pen there would stop an apply halfway. */
export const checkOneWay = (given: Given, placed: readonly Placed[]): Complaint[] => {
  const known = new Set(placed.map(({ resource }) => resource.address));
  return given.manifest.allowIrreversible.flatMap((address, index) =>
    known.has(address)
      ? []
      : [
          wrong(
            given,
            ['allowIrreversible', index],
            `names ${address}, which this manifest does not have${didYouMean(address, known)}`,
          ),
        ],
  );
};

const referencesAt = (value: Value, field: Path): { reference: OutputRef; field: Path }[] => {
  if (isReference(value)) {
    return value.parts.flatMap((part) => (typeof part === 'string' ? [] : [{ reference: part, field }]));
  }
  if (isList(value)) return value.flatMap((item, index) => referencesAt(item, [...field, index]));
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => referencesAt(item, [...field, key]));
};

const missingOutput = (facts: KindFacts | undefined, output: string): string | undefined => {
  const outputs = Object.keys(facts?.outputs ?? {});
  if (outputs.some((pattern) => isOutput(pattern, output))) return undefined;
  const known = outputs.length === 0 ? 'it has none' : `it has ${outputs.join(', ')}`;
  return `${facts?.kind} has no output ${output}; ${known}`;
};

// `data.*` means any name: `data.ca.crt`.
const isOutput = (pattern: string, output: string): boolean => {
  const [start = '', end] = pattern.split('*');
  if (end === undefined) return pattern === output;
  return output.length > start.length + end.length && output.startsWith(start) && output.endsWith(end);
};
