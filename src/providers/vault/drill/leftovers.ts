import { writeFileSync } from 'node:fs';
import { lstat, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { hasEnded, ownIdentity } from '../../../process-identity.ts';

// A drill that is killed cannot clean up. What it has started is therefore written down, and removed by the next one.

/** What the folders of drills are called. */
export const folderPrefix = 'lab-drill-';

const labFile = 'lab.json';
const vaultFile = 'vault.pid';

const owner = z.object({
  pid: z.int().positive(),
  identity: z.object({ namespace: z.string(), start: z.string(), boot: z.string().optional() }).optional(),
});

/** Says whose folder it is, before anything else is in it. */
export const claim = async (folder: string): Promise<void> =>
  writeFile(join(folder, labFile), JSON.stringify({ pid: process.pid, identity: await ownIdentity() }));

/** Writes down which process runs on it; synchronous, so that no kill falls between its start and this. */
export const recordVault = (folder: string, pid: number): void => writeFileSync(join(folder, vaultFile), String(pid));

/** Ends and removes what killed drills of this user have left in `place`; answers the folders. */
export const removeLeftovers = async (place: string): Promise<readonly string[]> => {
  const names = (await readdir(place)).filter((name) => name.startsWith(folderPrefix));
  const removed = await Promise.all(
    names.map(async (name) => {
      const folder = join(place, name);
      if (!(await isLeft(folder))) return [];
      if (!(await endVault(folder))) return [];
      await rm(folder, { recursive: true, force: true });
      return [folder];
    }),
  );
  return removed.flat();
};

const nobodysMs = 10 * 60_000;

/** One that does not say whose it is may be a moment old. */
const isLeft = async (folder: string): Promise<boolean> => {
  const found = await lstat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true || found.uid !== process.getuid?.()) return false;
  const parsed = owner.safeParse(parseJson(await readFile(join(folder, labFile), 'utf8').catch(() => '')));
  if (!parsed.success) return Date.now() - found.mtimeMs > nobodysMs;
  const { pid, identity } = parsed.data;
  return hasEnded(pid, identity === undefined ? undefined : toIdentity(identity));
};

const toIdentity = ({ boot, ...identity }: NonNullable<z.output<typeof owner>['identity']>) => ({
  ...identity,
  ...(boot === undefined ? {} : { boot }),
});

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const endMs = 10_000;

/** Whether nothing runs on the folder any more. A process is only ended if its command line names the folder. */
const endVault = async (folder: string): Promise<boolean> => {
  const pid = Number(await readFile(join(folder, vaultFile), 'utf8').catch(() => '0'));
  if (!(pid > 0)) return true;
  // Without /proc nothing proves whose process it is, so it is left.
  if ((await commandOf(pid)) === undefined) return hasEnded(pid, undefined);
  const until = performance.now() + endMs;
  while (await runsOn(folder, pid)) {
    if (performance.now() > until) return false;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended between the look and the signal.
    }
    await pause(50);
  }
  return true;
};

const runsOn = async (folder: string, pid: number): Promise<boolean> =>
  (await commandOf(pid))?.includes(`${folder}/`) === true;

/** Source: proc(5). Undefined where there is no /proc; '' of a process that has ended. */
const commandOf = async (pid: number): Promise<string | undefined> => {
  const hasProc = (await lstat('/proc/self/cmdline').catch(() => undefined)) !== undefined;
  return hasProc ? readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : undefined;
};
