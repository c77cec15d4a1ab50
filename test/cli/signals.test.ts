import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('stoppable-process.ts', import.meta.url));

/** Starts the program, sends it signals after lines that it writes, and returns all of these. */
const run = async (mode: string, signals: Readonly<Record<string, readonly NodeJS.Signals[]>>): Promise<string[]> => {
  const child = spawn(process.execPath, [program, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', async (line) => {
    lines.push(line);
    if (line === 'still at work') await sleep(200);
    for (const signal of signals[line] ?? []) child.kill(signal);
  });
  await once(child, 'close');
  return lines;
};

test('the first Ctrl-C stops what has something to finish, the second gives up on it', async () => {
  const lines = await run('finish', { ready: ['SIGINT'], 'still at work': ['SIGINT'] });
  expect(lines).toEqual(['ready', 'stop', 'finishing', 'still at work', 'CANCELLED']);
});

test('one Ctrl-C that arrives twice, from the terminal and from npm, counts once', async () => {
  const lines = await run('finish', { ready: ['SIGINT', 'SIGTERM'], 'still at work': ['SIGTERM'] });
  expect(lines).toEqual(['ready', 'stop', 'finishing', 'still at work', 'CANCELLED']);
});

test('where there is nothing to finish, the first one ends it', async () => {
  expect(await run('nothing', { ready: ['SIGTERM'] })).toEqual(['ready', 'stop', 'CANCELLED']);
});
