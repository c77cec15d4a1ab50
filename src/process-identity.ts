import { readFile, readlink } from 'node:fs/promises';
import { diskFailure } from './secrets/disk-failure.ts';

/** What tells a process from every other one that ever has its pid. Both are opaque text of the Linux kernel. */
export interface ProcessIdentity {
  /** The pid namespace: the same pid is another process in another container. */
  readonly namespace: string;
  /** When it started. */
  readonly start: string;
  /** The boot of the machine: the same pid and host name may be another machine's. */
  readonly boot?: string;
}

/** This process; undefined on systems without /proc, where only its pid is known. */
export const ownIdentity = async (): Promise<ProcessIdentity | undefined> => {
  const [namespace, start, boot] = await Promise.all([ownNamespace(), startOf(process.pid), ownBoot()]);
  if (namespace === undefined || start === undefined) return undefined;
  return { namespace, start, ...(boot === undefined ? {} : { boot }) };
};

/** Whether a process that may be of any machine was of this one and has certainly ended. */
export const hasEndedHere = async (pid: number, identity: ProcessIdentity | undefined): Promise<boolean> =>
  identity?.boot !== undefined && identity.boot === (await ownBoot()) && hasEnded(pid, identity);

/** Whether a process of this host has certainly ended. Where that cannot be told, it has not. */
export const hasEnded = async (pid: number, identity: ProcessIdentity | undefined): Promise<boolean> => {
  if (identity === undefined) return !isAlive(pid);
  if (identity.namespace !== (await ownNamespace())) return false;
  if (!isAlive(pid)) return true;
  const start = await startOf(pid);
  return start !== undefined && start !== identity.start;
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Any other answer (EPERM) comes from a process that is there.
    return diskFailure(error)?.code !== 'ESRCH';
  }
};

const ownNamespace = (): Promise<string | undefined> => readlink('/proc/self/ns/pid').catch(() => undefined);

/** Source: random(4). */
const ownBoot = async (): Promise<string | undefined> =>
  (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined))?.trim();

/** Source: proc(5). The program's name, in parentheses, may hold spaces, so fields are counted behind it. */
const startOf = async (pid: number): Promise<string | undefined> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; its parent has only not asked yet.
  return state === 'Z' ? 'ended' : fields[18];
};
