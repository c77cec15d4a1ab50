import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, ownStartTime } from './process-identity.ts';

/**
 * Does work while holding a lock file; others wait. The file names its holder by pid and start time, so the lock of
 * a killed process is known to be stale and is broken by the next one.
 */
export async function withLock<Result>(
  path: string,
  work: () => Promise<Result>,
  onWait: (pid: number) => void = () => {},
): Promise<Result> {
  const holder = `${process.pid} ${ownStartTime()} ${randomUUID()}`;
  let told = false;
  while (!(await take(path, holder))) {
    const other = await readFile(path, 'utf8').catch(() => undefined);
    if (other === undefined) continue;
    const [pid, startTime] = splitHolder(other);
    if (!isRunning(pid, startTime)) {
      await breakLock(path, other);
      continue;
    }
    if (!told) onWait(pid);
    told = true;
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

/** Linking a finished file in is atomic: nobody ever reads a lock without its holder. */
async function take(path: string, holder: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, holder);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Two waiters may see the same stale lock; behind a lock of its own the second finds it gone and removes nothing. */
async function breakLock(path: string, stale: string): Promise<void> {
  await withLock(`${path}.break`, async () => {
    const now = await readFile(path, 'utf8').catch(() => undefined);
    if (now === stale) await rm(path, { force: true });
  });
}

function splitHolder(holder: string): [pid: number, startTime: string] {
  const [pid = '', startTime = ''] = holder.split(' ');
  return [Number(pid), startTime];
}
