import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../errors.ts';
import { replacePrivateFile } from '../secrets/private-file.ts';
import { makeLocalFolder } from '../state/local-files.ts';
import type { ManifestFlags } from './flags.ts';
import type { Host } from './host.ts';
import { readManifest } from './manifest.ts';
import { joinRunning } from './sandbox-running.ts';
import { placeOf } from './state-place.ts';

/** What the sandbox's clouds are like: clouds in service are never quite calm. */
export interface CloudDay {
  /** How often something new is asked for before it is known everywhere; 0: it is known at once. */
  readonly late: number;
  /** Every n-th call is one too many; 0: none is. */
  readonly throttle: number;
}

const calm: CloudDay = { late: 0, throttle: 0 };

const fileIn = (folder: string): string => join(folder, 'clouds.json');

/** What they are like in this folder. */
export const cloudDayIn = async (folder: string): Promise<CloudDay> => {
  const path = fileIn(folder);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return calm;
  const [late, throttle] = numbersIn(text);
  if (late !== undefined && throttle !== undefined) return { late, throttle };
  throw new LabError('BAD_STATE', `${path} does not say what the clouds of the sandbox are like`, {
    next: 'Delete it, or set it anew with lab sandbox clouds.',
  });
};

const numbersIn = (text: string): readonly (number | undefined)[] => {
  try {
    const parsed: unknown = JSON.parse(text);
    const of = (name: string): unknown =>
      typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, name) : undefined;
    return [of('late'), of('throttle')].map((value) => (typeof value === 'number' ? value : undefined));
  } catch {
    return [];
  }
};

/** The same as each cloud's sandbox is told it. */
export const quirksFor = ({ late, throttle }: CloudDay) => ({
  azure: {
    throttleEvery: throttle,
    stalePrincipals: late,
    staleAssignments: late,
    staleCredentials: late,
  },
  aws: { throttleEvery: throttle, staleLooks: late, staleRoles: late },
});

/** Throws BAD_MANIFEST for what would let no call through. */
export const checkThrottle = (throttle: number): void => {
  if (throttle === 1) throw new LabError('BAD_MANIFEST', '--throttle 1 would let no call through; 0 is none too many');
};

/** Changes what is given and answers what holds now. Throws LOCKED while the sandbox runs: it has started with the other. */
export const setClouds = async (flags: ManifestFlags, host: Host, given: Partial<CloudDay>): Promise<CloudDay> => {
  const folder = await makeLocalFolder(placeOf(await readManifest(flags, host.env), true));
  const day = { ...(await cloudDayIn(folder)), ...given };
  if (Object.keys(given).length === 0) return day;
  if ((await joinRunning(folder)) !== undefined) {
    throw new LabError('LOCKED', 'the sandbox is running', { next: 'Stop lab sandbox start with Ctrl-C first.' });
  }
  await replacePrivateFile(fileIn(folder), JSON.stringify(day));
  return day;
};
