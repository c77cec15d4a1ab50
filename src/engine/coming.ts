import type { StoreSource } from '../secrets/source.ts';
import type { Assessment } from './assess.ts';
import { secretLeaves } from './judge.ts';
import { formatPath } from './path.ts';
import { isWritten } from './planned.ts';

/** Whether a value that is taken from a secret comes to lie there by what is planned for that secret. */
export const comesBy = (found: Assessment, { property }: StoreSource): boolean => {
  if (found.is !== 'assessed' || found.decision.standing.is === 'blocked') return false;
  if (found.live.exists === 'no') return true;
  const secrets = secretLeaves(found.desired, []);
  // What fills a secret beside itself has no secret of its own, and may write a new value whenever it is written.
  if (secrets.length === 0) return isWritten(found.decision);
  const leaves = secrets.filter(({ path }) => path.length === 1 || path.at(-1) === property);
  return leaves.some(({ path }) => found.verdicts.get(formatPath(path))?.is === 'changed');
};
