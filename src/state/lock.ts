import { readFile, rm } from 'node:fs/promises';
import type { Diagnostic } from '../engine/change.ts';
import { LabError } from '../errors.ts';
import { hasEnded } from '../process-identity.ts';
import { diskFailure } from '../secrets/disk-failure.ts';
import { createPrivateFile } from '../secrets/private-file.ts';
import { type Claim, isClaim, locked, newClaim, takenAway, takenOver } from './holder.ts';
import type { LockHolder } from './store.ts';

/** A lock that this process took. */
export interface Lock {
  /** Throws LOCKED if somebody took it away with `lab state unlock`: from then on nothing may be written. */
  confirm(): Promise<void>;
  /** Gives it back, if it is still ours. */
  release(): Promise<void>;
}

/**
 * Takes a lock file or throws LOCKED with its holder. The lock of a run of this host that has ended is taken over and
 * reported; another host's never is.
 */
export const takeLock = async (
  path: string,
  operation: string,
  report: (diagnostic: Diagnostic) => void,
  run?: string,
): Promise<Lock> => {
  const own = await newClaim(operation, run);
  await take(path, own, report);
  return {
    confirm: async () => {
      const now = await readClaim(path);
      if (now?.id !== own.id) throw takenAway(now);
    },
    release: async () => {
      if ((await readClaim(path))?.id === own.id) await rm(path, { force: true });
    },
  };
};

/** Breaks the lock with this id, whoever holds it; undefined if there is no lock. Throws LOCKED if it has another id. */
export const breakLock = async (path: string, id: string): Promise<LockHolder | undefined> => {
  const holder = await readClaim(path);
  if (holder === undefined) return undefined;
  if (holder.id !== id || !(await remove(path, id, await newClaim('state unlock')))) throw locked(holder);
  return holder;
};

const take = async (path: string, own: Claim, report: (diagnostic: Diagnostic) => void): Promise<void> => {
  while (!(await createPrivateFile(path, `${JSON.stringify(own)}\n`))) {
    const other = await readClaim(path);
    // Given back in this very moment.
    if (other === undefined) continue;
    if (other.host !== own.host || !(await hasEnded(other.pid, other.identity))) throw locked(other);
    if (await remove(path, other.id, own)) report(takenOver(other, 'has ended without giving it back'));
  }
};

/**
 * Two runs may find the same stale lock. Behind a lock of its own, the slower one finds another id, and so never
 * removes the lock that the faster one has taken since.
 */
const remove = async (path: string, id: string, own: Claim): Promise<boolean> => {
  const breaking = `${path}.break`;
  await take(breaking, own, () => {});
  try {
    const isStillThere = (await readClaim(path))?.id === id;
    if (isStillThere) await rm(path, { force: true });
    return isStillThere;
  } finally {
    await rm(breaking, { force: true });
  }
};

const readClaim = async (path: string): Promise<Claim | undefined> => {
  try {
    const claim: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (isClaim(claim)) return claim;
  } catch (error) {
    if (diskFailure(error)?.code === 'ENOENT') return undefined;
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new LabError('LOCKED', `the state is locked by a file that cannot be read, ${path}`, {
    next: `If no other lab runs on this state, delete ${path}.`,
  });
};
