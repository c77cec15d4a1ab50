import type { StoreSource } from '../secrets/source.ts';
import type { Assessment } from './assess.ts';
import { secretLeaves } from './judge.ts';
import { formatPath } from './path.ts';

/** Whether a value that is taken from a secret comes to lie there by what is planned for that secret. */
export const comesBy = (found: Assessment, { property }: StoreSource): boolean => {
  if (found.is !== 'assessed' || found.decision.standing.is === 'blocked') return false;
  if (found.live.exists === 'no') return true;
  const leaves = secretLeaves(found.desired, []).filter(({ path }) => path.length === 1 || path.at(-1) === property);
  return leaves.some(({ path }) => found.verdicts.get(formatPath(path))?.is === 'changed');
};
