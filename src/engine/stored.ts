import { isSourced, type StoreSource } from '../secrets/source.ts';
import { secretLeaves } from './judge.ts';
import type { Value } from './value.ts';

/** The secrets in stores that values of a spec are taken from. */
export const takenFrom = (spec: Value): readonly StoreSource[] =>
  secretLeaves(spec, []).flatMap(({ leaf }) => (isSourced(leaf) && leaf.source.from === 'store' ? [leaf.source] : []));
