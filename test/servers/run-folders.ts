import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { isRunning, ownStartTime } from './process-identity.ts';
import { killRecorded, recordsIn } from './process-records.ts';

/** A folder for the servers of one run, which no other run touches; `remove` ends what still runs in it. */
export type RunFolder = { dir: string; remove: () => Promise<void> };

const runsFolder = () => join(cacheFolder(), 'runs');

/**
 * Makes the folder of a run that belongs to this process. First removes the folders of runs whose process was
 * killed, with the servers they left behind.
 */
export async function createRunFolder(): Promise<RunFolder> {
  await mkdir(runsFolder(), { recursive: true });
  await sweepRunFolders();
  const dir = await mkdtemp(join(runsFolder(), `${process.pid}-${ownStartTime()}-`));
  return { dir, remove: () => removeWithServers(dir) };
}

/** Removes run folders whose owner, named by pid and start time in the folder's name, runs no more. */
export async function sweepRunFolders(): Promise<void> {
  const names = await readdir(runsFolder()).catch(() => []);
  await Promise.all(names.filter(isAbandoned).map((name) => removeWithServers(join(runsFolder(), name))));
}

/** Kills every server that has a pid file in the folder, then removes the folder. */
export async function removeWithServers(dir: string): Promise<void> {
  await Promise.all(recordsIn(dir).map(killRecorded));
  await rm(dir, { recursive: true, force: true });
}

function isAbandoned(name: string): boolean {
  const [, pid, startTime] = /^(\d+)-(\d+)-\w+$/.exec(name) ?? [];
  return pid !== undefined && startTime !== undefined && !isRunning(Number(pid), startTime);
}
