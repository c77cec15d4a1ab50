import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { claim, recordVault, removeLeftovers } from '../../../../src/providers/vault/drill/leftovers.ts';

const place = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'lab-leftovers-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

const folderIn = async (parent: string, name: string): Promise<string> => {
  const folder = join(parent, `lab-drill-${name}`);
  await mkdir(folder);
  return folder;
};

/** The pid of a process that has ended. */
const endedPid = async (): Promise<number> => {
  const child = spawn('true', { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
};

test('the folder of a drill that runs stays, and so do one that is a moment old and what is no folder', async () => {
  const parent = await place();
  await claim(await folderIn(parent, 'running'));
  await folderIn(parent, 'new');
  await symlink(tmpdir(), join(parent, 'lab-drill-link'));
  await writeFile(join(parent, 'lab-drill-file'), '');
  await mkdir(join(parent, 'somebody-elses'));
  const before = (await readdir(parent)).toSorted();
  expect(await removeLeftovers(parent)).toEqual([]);
  expect((await readdir(parent)).toSorted()).toEqual(before);
});

test('one that never said whose it is goes after a while', async () => {
  const parent = await place();
  const folder = await folderIn(parent, 'old');
  const hourAgo = Date.now() / 1000 - 3600;
  await utimes(folder, hourAgo, hourAgo);
  expect(await removeLeftovers(parent)).toEqual([folder]);
  expect(await readdir(parent)).toEqual([]);
});

test('of a drill that ended, the process that runs on its folder is ended, and no other one that has the pid since', async () => {
  const parent = await place();
  const [mine, reused] = [await folderIn(parent, 'mine'), await folderIn(parent, 'reused')];
  const vault = spawn('sh', ['-c', 'while :; do sleep 1; done', join(mine, 'vault.json')], { stdio: 'ignore' });
  const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
  onTestFinished(() => {
    stranger.kill();
    vault.kill();
  });
  const left = JSON.stringify({ pid: await endedPid() });
  for (const [folder, { pid = 0 }] of [
    [mine, vault],
    [reused, stranger],
  ] as const) {
    await writeFile(join(folder, 'lab.json'), left);
    recordVault(folder, pid);
  }
  const ended = once(vault, 'exit');
  expect((await removeLeftovers(parent)).toSorted()).toEqual([mine, reused]);
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(stranger.exitCode ?? stranger.signalCode).toBe(null);
  expect(await readdir(parent)).toEqual([]);
});
