import { isWithin } from './address.ts';
import { dependentsOf, withNeeds } from './graph.ts';
import { graphOf, type Nodes } from './node.ts';
import type { PlanOptions } from './world.ts';

/** The nodes that --target and --exclude leave: targets bring what they need, excludes take along what needs them. */
export const selectNodes = (nodes: Nodes, options: Pick<PlanOptions, 'targets' | 'excludes'>): Nodes => {
  if (options.targets.length === 0 && options.excludes.length === 0) return nodes;
  const graph = graphOf(nodes);
  const matching = (patterns: readonly string[]) =>
    [...nodes.keys()].filter((address) => patterns.some((pattern) => isWithin(address, pattern)));
  const wanted = options.targets.length === 0 ? new Set(nodes.keys()) : withNeeds(graph, matching(options.targets));
  const dropped = withNeeds(dependentsOf(graph), matching(options.excludes));
  return new Map([...nodes].filter(([address]) => wanted.has(address) && !dropped.has(address)));
};

/** Whether an address that only state knows is meant. */
export const isSelected = (address: string, options: Pick<PlanOptions, 'targets' | 'excludes'>): boolean =>
  (options.targets.length === 0 || options.targets.some((pattern) => isWithin(address, pattern))) &&
  !options.excludes.some((pattern) => isWithin(address, pattern));
