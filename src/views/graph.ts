import type { Change } from '../engine/change.ts';
import type { Document, Exit } from './document.ts';
import { counted, grouped } from './text.ts';

/** One resource and what must come before it. */
export interface GraphNode {
  readonly address: string;
  readonly phase: Change['phase'];
  readonly dependsOn: readonly string[];
}

/** Who needs whom, in an order in which each comes after what it needs. */
export interface DependencyGraph {
  readonly name: string;
  readonly environment: string;
  readonly resources: readonly GraphNode[];
}

/** `lab graph --json` */
export interface GraphDocument extends Document, DependencyGraph {}

/** The graph as a JSON document. */
export const graphJson = ({ name, environment, resources }: DependencyGraph, exit: Exit): GraphDocument => ({
  formatVersion: 1,
  exit,
  name,
  environment,
  resources: resources.map(({ address, phase, dependsOn }) => ({ address, phase, dependsOn })),
});

/** The graph as a tree for each phase: each resource once, below the last thing it needs; what it needs elsewhere stands beside it. */
export const graphText = ({ name, environment, resources }: DependencyGraph): string => {
  const places = new Map(resources.map(({ address }, index) => [address, index]));
  const phases = new Map(resources.map(({ address, phase }) => [address, phase]));
  const above = new Map(
    resources.map(({ address, phase, dependsOn }) => {
      const near = dependsOn.filter((need) => phases.get(need) === phase);
      return [address, near.toSorted((a, b) => (places.get(b) ?? 0) - (places.get(a) ?? 0))[0]];
    }),
  );
  const below = Map.groupBy(resources, ({ address }) => above.get(address));
  const isAbove = (need: string, address: string): boolean => {
    for (let place = above.get(address); place !== undefined; place = above.get(place)) if (place === need) return true;
    return false;
  };
  const lines = (node: GraphNode, prefix: string, branch: string, further: string): string[] => {
    const others = node.dependsOn.filter((need) => !isAbove(need, node.address));
    const beside = others.length === 0 ? '' : `   after ${others.join(', ')}`;
    return [`${prefix}${branch}${node.address}${beside}`, ...children(node.address, `${prefix}${further}`)];
  };
  const children = (address: string, prefix: string): string[] => {
    const nodes = below.get(address) ?? [];
    return nodes.flatMap((node, index) =>
      index === nodes.length - 1 ? lines(node, prefix, '└─ ', '   ') : lines(node, prefix, '├─ ', '│  '),
    );
  };
  const roots = grouped(below.get(undefined) ?? [], ({ phase }) => phase);
  return [
    `${name} · env ${environment} · ${counted(resources.length, 'resource')}`,
    ...roots.flatMap(([phase, nodes]) => ['', phase, ...nodes.flatMap((node) => lines(node, '  ', '', ''))]),
  ].join('\n');
};

/** The graph as Mermaid text; an arrow points from what comes first. */
export const graphMermaid = ({ resources }: DependencyGraph): string => {
  const ids = new Map(resources.map(({ address }, index) => [address, `r${index}`]));
  const edges = resources.flatMap(({ address, dependsOn }) =>
    dependsOn.flatMap((need) => (ids.has(need) ? [`  ${ids.get(need)} --> ${ids.get(address)}`] : [])),
  );
  return [
    'flowchart LR',
    ...grouped(resources, ({ phase }) => phase).flatMap(([phase, members]) => [
      `  subgraph ${phase}`,
      ...members.map(({ address }) => `    ${ids.get(address)}["${label(address)}"]`),
      '  end',
    ]),
    ...edges,
  ].join('\n');
};

// Mermaid reads `#` and `;` as an entity and a double quote as the end of the label.
const label = (address: string): string =>
  address.replaceAll('#', '#35;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;');
