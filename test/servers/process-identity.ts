import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** What tells a process from a later one with the same pid: when it started (opaque digits) and what it runs. */
export type ProcessIdentity = { startTime: string; command: string };

/** The process that has this pid now; undefined when there is none, or only its zombie. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  try {
    return existsSync('/proc/self/stat') ? fromProc(pid) : fromPs(pid);
  } catch {
    return undefined;
  }
}

/** Whether the process with this pid is still the one that started then. */
export const isRunning = (pid: number, startTime: string): boolean => identityOf(pid)?.startTime === startTime;

/** When this very process started. */
export const ownStartTime = (): string => {
  const own = identityOf(process.pid);
  if (own === undefined) throw new Error('cannot read when this process started: neither /proc nor ps is usable');
  return own.startTime;
};

/** Source: proc(5). The program's name, in parentheses, may hold spaces, so fields are counted behind it. */
function fromProc(pid: number): ProcessIdentity | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTime = fields[18];
  if (state === 'Z' || startTime === undefined) return undefined;
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
  return { startTime, command };
}

function fromPs(pid: number): ProcessIdentity | undefined {
  const columns = ['-o', 'lstart=', '-o', 'stat=', '-o', 'args='];
  const line = execFileSync('ps', ['-ww', ...columns, '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  const [, started = '', state = '', command = ''] = /^(.{24})\s+(\S+)\s+(.*)$/m.exec(line) ?? [];
  if (state === '' || state.startsWith('Z')) return undefined;
  return { startTime: String(Date.parse(started)), command: command.trim() };
}
