import { didYouMean } from '../../engine/suggest.ts';
import { maxAliased, maxDepth } from './limits.ts';
import type { Tree } from './tree.ts';

type Use = { readonly ok: true; readonly tree: Tree } | { readonly ok: false; readonly problem: string };

/** The anchors of one document, in the order in which they are read, and how much their aliases have added up to. */
export const aliasing = () => {
  const anchors = new Map<string, { tree: Tree; size: number; height: number }>();
  let total = 0;
  return {
    define: (anchor: string, tree: Tree): void => {
      anchors.set(anchor, { tree, ...measure(tree) });
    },
    use: (anchor: string, depth: number): Use => {
      const found = anchors.get(anchor);
      if (found === undefined) {
        return { ok: false, problem: `no anchor &${anchor} stands before this${didYouMean(anchor, anchors.keys())}` };
      }
      total += found.size;
      if (depth + found.height > maxDepth) return { ok: false, problem: `this nests deeper than ${maxDepth} levels` };
      if (total > maxAliased) return { ok: false, problem: `aliases add up to more than ${maxAliased} values` };
      return { ok: true, tree: found.tree };
    },
  };
};

const measure = (tree: Tree): { size: number; height: number } => {
  const inner = childrenOf(tree).map(measure);
  return {
    size: inner.reduce((sum, { size }) => sum + size, 1),
    height: inner.reduce((most, { height }) => Math.max(most, height), 0) + 1,
  };
};

const childrenOf = (tree: Tree): readonly Tree[] => {
  switch (tree.is) {
    case 'map':
      return [...tree.entries.values()].map(({ value }) => value);
    case 'list':
      return tree.items;
    case 'leaf':
    case 'removed':
      return [];
  }
};
