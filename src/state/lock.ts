import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import type { Diagnostic } from '../engine/change.ts';
import { LabError } from '../errors.ts';
import { diskFailure } from '../secrets/disk-failure.ts';
import { createPrivateFile } from '../secrets/private-file.ts';
import { hasEnded, ownIdentity, type ProcessIdentity } from './process-identity.ts';
import type { LockHolder } from './store.ts';

/** A lock file's content. */
interface Claim extends LockHolder {
  readonly identity?: ProcessIdentity;
}

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
): Promise<Lock> => {
  const own = await newClaim(operation);
  await take(path, own, report);
  const isOurs = async () => (await readClaim(path))?.id === own.id;
  return {
    confirm: async () => {
      if (await isOurs()) return;
      throw new LabError('LOCKED', 'the lock of this run was taken away while it was at work', {
        next: 'Nothing was written since. When no other lab runs, run it again: it goes on from what the journal holds.',
      });
    },
    release: async () => {
      if (await isOurs()) await rm(path, { force: true });
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
    if (await remove(path, other.id, own)) report(takenOver(other));
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

const newClaim = async (operation: string): Promise<Claim> => {
  const identity = await ownIdentity();
  return {
    id: randomBytes(4).toString('hex'),
    operation,
    who: userName(),
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    ...(identity === undefined ? {} : { identity }),
  };
};

/** Containers often run as a uid that has no name. */
const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
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

const isClaim = (value: unknown): value is Claim =>
  typeof value === 'object' &&
  value !== null &&
  ['id', 'operation', 'who', 'host', 'since'].every((field) => typeof Reflect.get(value, field) === 'string') &&
  Number.isInteger(Reflect.get(value, 'pid'));

const describe = ({ who, host, operation, pid, since }: LockHolder): string =>
  `${who}@${host} (${operation}, pid ${pid}) since ${since}`;

const locked = (holder: LockHolder): LabError =>
  new LabError('LOCKED', `the state is locked by ${describe(holder)}`, {
    next: `Wait for that run to end. If you know that it is gone: lab state unlock ${holder.id}`,
  });

const takenOver = (holder: LockHolder): Diagnostic => ({
  severity: 'warning',
  code: 'LOCK_TAKEN_OVER',
  message: `took over the lock of a run that has ended without giving it back: ${describe(holder)}`,
});
