import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasEnded, ownIdentity, type ProcessIdentity } from '../process-identity.ts';
import { replacePrivateFile } from '../secrets/private-file.ts';
import type { SandboxServers } from './ground.ts';

/** What a sandbox that keeps running says of itself to those who join it. */
interface Running {
  readonly pid: number;
  readonly identity?: ProcessIdentity;
  readonly connections: SandboxServers['connections'];
  readonly env: SandboxServers['env'];
}

const fileIn = (folder: string): string => join(folder, 'running.json');

/** The running sandbox of this folder; undefined if there is none. Closing what was joined ends nothing. */
export const joinRunning = async (folder: string): Promise<SandboxServers | undefined> => {
  const text = await readFile(fileIn(folder), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // The parse boundary: only announce() writes this file, for this user alone.
  const running: Running = JSON.parse(text);
  if (await hasEnded(running.pid, running.identity)) return undefined;
  return { connections: running.connections, env: running.env, close: async () => {} };
};

/** Lets others join these servers. Answers how to take that back. */
export const announce = async (folder: string, { connections, env }: SandboxServers): Promise<() => Promise<void>> => {
  const identity = await ownIdentity();
  const running: Running = { pid: process.pid, connections, env, ...(identity === undefined ? {} : { identity }) };
  await replacePrivateFile(fileIn(folder), JSON.stringify(running));
  return () => rm(fileIn(folder), { force: true });
};
