import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { isAlive, killRecorded, recordsIn } from './process-records.ts';
import { startProcess } from './processes.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lab-servers-'));
  return () => rm(dir, { recursive: true, force: true });
});

/** A program that takes its time to become another one, as shims of version managers do. */
const shim = async () => {
  const command = join(dir, 'shim');
  await writeFile(command, '#!/bin/sh\nsleep 0.2\nexec sleep 600\n', { mode: 0o755 });
  return command;
};
const isShim = (): boolean => recordsIn(dir).some((record) => isAlive(record));
const start = async () => {
  const command = await shim();
  const ready = async () => !isShim();
  return startProcess({ name: 'shim', dir, command, args: [], lifetime: 'parent', ready });
};
const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a server that began as a shim is ended by who started it', async () => {
  const { pid, stop } = await start();
  expect(runs(pid)).toBe(true);
  await stop();
  expect(runs(pid)).toBe(false);
  expect(recordsIn(dir)).toEqual([]);
});

test('and by a later run that finds its pid file', async () => {
  const { pid } = await start();
  await Promise.all(recordsIn(dir).map(killRecorded));
  while (runs(pid)) await sleep(20);
  expect(recordsIn(dir).some(isAlive)).toBe(false);
});

test('a pid that has passed on to another process is left alone', async () => {
  const { pid, stop } = await start();
  const [record] = recordsIn(dir);
  if (record === undefined) throw new Error('no pid file');
  await killRecorded({ ...record, startTime: '1' });
  await killRecorded({ ...record, command: 'another' });
  expect(runs(pid)).toBe(true);
  await stop();
});
