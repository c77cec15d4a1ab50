import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { Diagnostic } from '../engine/change.ts';
import { LabError } from '../errors.ts';
import { ownIdentity, type ProcessIdentity } from '../process-identity.ts';
import type { LockHolder } from './store.ts';

/** What a lock says of the run that holds it. */
export interface Claim extends LockHolder {
  readonly identity?: ProcessIdentity;
}

/** The claim of this run, under a new id. `run`: where its log is, for a run in CI. */
export const newClaim = async (operation: string, run?: string): Promise<Claim> => {
  const identity = await ownIdentity();
  return {
    id: randomBytes(4).toString('hex'),
    operation,
    who: userName(),
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    ...(run === undefined ? {} : { run }),
    ...(identity === undefined ? {} : { identity }),
  };
};

/** Whether something that was read is a claim. */
export const isClaim = (value: unknown): value is Claim =>
  typeof value === 'object' &&
  value !== null &&
  ['id', 'operation', 'who', 'host', 'since'].every((field) => typeof Reflect.get(value, field) === 'string') &&
  ['string', 'undefined'].includes(typeof Reflect.get(value, 'run')) &&
  Number.isInteger(Reflect.get(value, 'pid'));

/** `jane@laptop (apply, pid 4711) since 2026-11-28T14:45:18.000Z` */
export const describeHolder = ({ who, host, operation, pid, run, since }: LockHolder): string =>
  `${who}@${host} (${[operation, `pid ${pid}`, ...(run === undefined ? [] : [run])].join(', ')}) since ${since}`;

/** Somebody else holds the lock. */
export const locked = (holder: LockHolder): LabError =>
  new LabError('LOCKED', `the state is locked by ${describeHolder(holder)}`, {
    next: `Wait for that run to end (--lock-wait 5m does). If you know that it is gone: lab state unlock ${holder.id}`,
  });

/** The lock was taken away from a run at work; `now`: who holds it since, if anybody. */
export const takenAway = (now?: LockHolder): LabError =>
  new LabError(
    'LOCKED',
    `the lock of this run was taken away while it was at work${now === undefined ? '' : `, and is held by ${describeHolder(now)}`}`,
    {
      next: 'Nothing was written since. When no other lab runs, run it again: it goes on from what the journal holds.',
    },
  );

/** A lock that nobody will give back was taken over. */
export const takenOver = (holder: LockHolder, why: string): Diagnostic => ({
  severity: 'warning',
  code: 'LOCK_TAKEN_OVER',
  message: `took over the lock of a run that ${why}: ${describeHolder(holder)}`,
});

/** Containers often run as a uid that has no name. */
const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
};
