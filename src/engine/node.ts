import { LabError } from '../errors.ts';
import { isSecret, reveal, secret } from '../secrets/secret.ts';
import { address as addressOf, parseAddress, providerOf } from './address.ts';
import { findCycle, type Graph, inOrder } from './graph.ts';
import type { KindFacts, Resource } from './resource.ts';
import { takenFrom } from './stored.ts';
import { type Fields, isFields, isList, isReference, type OutputRef, type Value } from './value.ts';

/** A resource with everything that follows from it and its kind, without asking a server. */
export interface Node {
  readonly address: string;
  readonly provider: string;
  readonly resource: Resource;
  readonly facts: KindFacts;
  readonly id: readonly string[];
  /** Address of the container that is in the manifest. */
  readonly parent: string | undefined;
  /** Addresses in the manifest that come first. */
  readonly needs: readonly string[];
  readonly gates: readonly string[];
}

/** Nodes in an order in which each comes after what it needs. */
export type Nodes = ReadonlyMap<string, Node>;

/** kind and id as one text: identity without its scope. */
export const subjectOf = (kind: string, id: readonly string[]): string => addressOf(kind, ...id);

/** The references in a value. */
export const referencesIn = (value: Value): readonly OutputRef[] => {
  if (isReference(value)) return value.parts.filter((part) => typeof part !== 'string');
  if (isList(value)) return value.flatMap(referencesIn);
  return isFields(value) ? Object.values(value).flatMap(referencesIn) : [];
};

/** A resource with its kind and identity. */
type Loose = Pick<Node, 'resource' | 'facts' | 'id'>;

/** Builds the ordered graph. Throws CYCLE with its path, BAD_MANIFEST for an unknown kind. */
export const buildNodes = (resources: readonly Resource[], kinds: ReadonlyMap<string, KindFacts>): Nodes => {
  const loose = resources.map((resource): Loose => {
    const facts = factsOf(kinds, resource.kind);
    return { resource, facts, id: facts.identify(resource.parts, resource.spec) };
  });
  const bySubject = new Map(loose.map(({ resource, id }) => [subjectOf(resource.kind, id), resource.address]));
  const openers = new Map<string, string[]>();
  for (const { resource, facts, id } of loose) {
    for (const gate of facts.opens(id, resource.spec)) {
      openers.set(gate, [...(openers.get(gate) ?? []), resource.address]);
    }
  }
  const named = (text: string): string | undefined => bySubject.get(subjectFrom(text, kinds));
  const writerOf = writersAmong(loose, kinds);
  const nodes = loose.map(({ resource, facts, id }): Node => {
    const parentAddress = facts.parent(id, resource.spec);
    const parent = parentAddress === undefined ? undefined : named(parentAddress);
    const sources = takenFrom(resource.spec).map((source) => placeOf(source.address, kinds));
    const gates = [...new Set([...facts.gates(id, resource.spec), ...sources.flatMap((source) => source.gates)])];
    const first = [
      ...(parent === undefined ? [] : [parent]),
      ...facts.after(id, resource.spec).flatMap((text) => named(text) ?? []),
      ...sources.flatMap((source) => source.first).flatMap((text) => writerOf(text) ?? []),
      ...referencesIn(resource.spec).map((reference) => reference.address),
      ...resource.dependsOn,
      ...gates.flatMap((gate) => openers.get(gate) ?? []),
    ];
    const needs = [...new Set(first)].filter((need) => need !== resource.address).toSorted();
    return {
      address: resource.address,
      provider: providerOf(resource.kind),
      resource,
      facts,
      id,
      parent,
      needs,
      gates,
    };
  });
  return sorted(new Map(nodes.map((node) => [node.address, node])));
};

/** What comes before a secret that a value is taken from, itself included, and its gates. */
const placeOf = (
  address: string,
  kinds: ReadonlyMap<string, KindFacts>,
): { first: string[]; gates: readonly string[] } => {
  const { kind, parts } = parseAddress(address);
  const facts = factsOf(kinds, kind);
  const id = facts.identify(parts, {});
  const parent = facts.parent(id, {});
  return {
    first: [address, ...(parent === undefined ? [] : [parent]), ...facts.after(id, {})],
    gates: facts.gates(id, {}),
  };
};

/** Finds who writes the secret at an address, however that is spelt: its own resource, or one that puts something into it. */
export const writersOf = (
  nodes: Nodes,
  kinds: ReadonlyMap<string, KindFacts>,
): ((address: string) => string | undefined) => writersAmong([...nodes.values()], kinds);

const writersAmong = (all: readonly Loose[], kinds: ReadonlyMap<string, KindFacts>) => {
  const writers = new Map([
    ...all.flatMap(({ resource, facts, id }) => {
      const into = facts.into(id, resource.spec);
      return into === undefined ? [] : [[subjectFrom(into, kinds), resource.address] as const];
    }),
    ...all.map(({ resource, id }) => [subjectOf(resource.kind, id), resource.address] as const),
  ]);
  return (address: string): string | undefined => writers.get(subjectFrom(address, kinds));
};

const subjectFrom = (text: string, kinds: ReadonlyMap<string, KindFacts>): string => {
  const { kind, parts } = parseAddress(text);
  const facts = kinds.get(kind);
  return subjectOf(kind, facts === undefined ? parts : facts.identify(parts, {}));
};

const factsOf = (kinds: ReadonlyMap<string, KindFacts>, kind: string): KindFacts => {
  const facts = kinds.get(kind);
  if (facts === undefined) throw new LabError('BAD_MANIFEST', `there is no kind ${kind}`);
  return facts;
};

/** Who needs whom, for graph functions. */
export const graphOf = (nodes: Nodes): Graph => new Map([...nodes].map(([address, node]) => [address, node.needs]));

const sorted = (nodes: Nodes): Nodes => {
  const order = inOrder(graphOf(nodes));
  if (order === undefined) {
    const path = findCycle(graphOf(nodes)) ?? [];
    throw new LabError('CYCLE', `resources need each other: ${path.join(' → ')}`, {
      next: 'Remove one of these references or dependsOn lines.',
    });
  }
  return new Map(
    order.flatMap((address) => {
      const node = nodes.get(address);
      return node === undefined ? [] : [[address, node] as const];
    }),
  );
};

/** production: in Vault, or needing something that is; bootstrap: everything before. */
export const phasesOf = (nodes: Nodes): ReadonlyMap<string, 'bootstrap' | 'production'> => {
  const phases = new Map<string, 'bootstrap' | 'production'>();
  for (const [address, node] of nodes) {
    const late = node.provider === 'vault' || node.needs.some((need) => phases.get(need) === 'production');
    phases.set(address, late ? 'production' : 'bootstrap');
  }
  return phases;
};

/** A spec with references replaced by what is known; those that are not stay. */
export const resolveReferences = (spec: Fields, outputOf: (reference: OutputRef) => Value | undefined): Fields => {
  const resolve = (value: Value): Value => {
    if (isReference(value)) {
      const parts = value.parts.map((part) => (typeof part === 'string' ? part : outputOf(part)));
      if (parts.some((part) => part === undefined)) return value;
      const [only, ...more] = parts;
      if (only !== undefined && more.length === 0) return only;
      return join(parts);
    }
    if (isList(value)) return value.map(resolve);
    if (!isFields(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item)]));
  };
  return Object.fromEntries(Object.entries(spec).map(([key, item]) => [key, resolve(item)]));
};

// What is composed with a Secret is a Secret.
const join = (parts: readonly (Value | undefined)[]): Value => {
  const joined = parts.map(textOf).join('');
  return parts.some(isSecret) ? secret(joined) : joined;
};

const textOf = (part: Value | undefined): string => {
  if (isSecret(part)) return reveal(part);
  return typeof part === 'string' ? part : JSON.stringify(part);
};

/** For people: `vault.auth-method/kubernetes#accessor`, several joined by a comma. */
export const describeReference = (value: Value): string =>
  referencesIn(value)
    .map((reference) => `${reference.address}#${reference.output}`)
    .join(', ');
