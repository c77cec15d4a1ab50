/** Who needs whom: a node and the nodes that come before it. Names that are not keys are ignored. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** One cycle as a path that ends where it starts (a → b → a), or undefined. Linear; no recursion, so depth is no limit. */
export const findCycle = (graph: Graph): string[] | undefined => {
  const finished = new Set<string>();
  for (const start of [...graph.keys()].toSorted()) {
    const path: { node: string; rest: readonly string[] }[] = [];
    const onPath = new Set<string>();
    const enter = (node: string) => {
      path.push({ node, rest: graph.get(node) ?? [] });
      onPath.add(node);
    };
    if (!finished.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const [next, ...rest] = top.rest;
      if (next === undefined) {
        finished.add(top.node);
        onPath.delete(top.node);
        path.pop();
        continue;
      }
      top.rest = rest;
      if (onPath.has(next)) {
        const nodes = path.map(({ node }) => node);
        return [...nodes.slice(nodes.indexOf(next)), next];
      }
      if (graph.has(next) && !finished.has(next)) enter(next);
    }
  }
  return undefined;
};

/** Every node after what it needs; ties in the order of names, so that output is the same each time. Undefined for a cycle. */
export const inOrder = (graph: Graph): string[] | undefined => {
  const dependents = dependentsOf(graph);
  const missing = new Map([...graph].map(([node, needs]) => [node, known(graph, needs).length]));
  let ready = [...missing]
    .filter(([, count]) => count === 0)
    .map(([node]) => node)
    .toSorted();
  const ordered: string[] = [];
  while (ready.length > 0) {
    const next: string[] = [];
    for (const node of ready) {
      ordered.push(node);
      for (const dependent of dependents.get(node) ?? []) {
        const left = (missing.get(dependent) ?? 0) - 1;
        missing.set(dependent, left);
        if (left === 0) next.push(dependent);
      }
    }
    ready = next.toSorted();
  }
  return ordered.length === graph.size ? ordered : undefined;
};

const known = (graph: Graph, needs: readonly string[]): string[] =>
  [...new Set(needs)].filter((need) => graph.has(need));

/** The same graph seen from the other side: a node and the nodes that need it. */
export const dependentsOf = (graph: Graph): Map<string, string[]> => {
  const reversed = new Map<string, string[]>([...graph.keys()].map((node) => [node, []]));
  for (const [node, needs] of graph) for (const need of known(graph, needs)) reversed.get(need)?.push(node);
  return reversed;
};

/** The given nodes and everything that they need, directly or not. */
export const withNeeds = (graph: Graph, starts: Iterable<string>): Set<string> => {
  const reached = new Set<string>();
  const open = [...starts];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (reached.has(node) || !graph.has(node)) continue;
    reached.add(node);
    open.push(...(graph.get(node) ?? []));
  }
  return reached;
};
