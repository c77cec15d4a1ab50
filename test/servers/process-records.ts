import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf, type ProcessIdentity } from './process-identity.ts';
import { waitFor } from './wait.ts';

/** A pid file: which process was started, and what proves that a pid still means that very process. */
export type ProcessRecord = { name: string; pid: number } & ProcessIdentity;

const fileOf = (dir: string, name: string) => join(dir, `${name}.pid`);

/** Writes the pid file; synchronous, so that no kill can fall between the start and its record. */
export const recordProcess = (dir: string, record: ProcessRecord): void =>
  writeFileSync(fileOf(dir, record.name), JSON.stringify(record));

/** Removes the pid file. */
export const forgetProcess = (dir: string, name: string): void => rmSync(fileOf(dir, name), { force: true });

/** All pid files in a folder and below. */
export function recordsIn(dir: string): ProcessRecord[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.pid'))
    .map((file) => readRecord(join(dir, file)))
    .filter((record) => record !== undefined);
}

/** Whether the recorded process still runs: same pid, same start, same command line. */
export function isAlive({ pid, startTime, command }: ProcessRecord): boolean {
  const now = identityOf(pid);
  return now !== undefined && now.startTime === startTime && now.command === command;
}

/** Ends the recorded process at once; a pid that has passed on to another process is left alone. */
export async function killRecorded(record: ProcessRecord): Promise<void> {
  kill(record);
  await hasEnded(record, 10);
}

const hasEnded = (record: ProcessRecord, seconds: number): Promise<void> =>
  waitFor({ what: `${record.name} (pid ${record.pid}) to end`, until: async () => !isAlive(record), seconds });

function kill(record: ProcessRecord): void {
  try {
    if (isAlive(record)) process.kill(record.pid, 'SIGKILL');
  } catch (error) {
    // It may end between the look and the signal.
    if (isAlive(record)) throw error;
  }
}

/** A file cut short by a full disk or a crash proves nothing, so it names no process. */
function readRecord(file: string): ProcessRecord | undefined {
  try {
    const { name, pid, startTime, command } = JSON.parse(readFileSync(file, 'utf8'));
    return { name: String(name), pid: Number(pid), startTime: String(startTime), command: String(command) };
  } catch {
    return undefined;
  }
}
