import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const root = fileURLToPath(new URL('..', import.meta.url));
const report = z.object({ requests: z.number(), memory: z.number(), cpu: z.number() });

/** What one run of the command took: milliseconds from start to end, of CPU, MiB at the peak, requests sent. */
export interface Taken extends z.output<typeof report> {
  readonly ms: number;
}

/** Runs lab from the repository's build, and fails with its output if it does not end with 0. */
export const runLab = async (words: readonly string[], env: Readonly<Record<string, string>>): Promise<Taken> => {
  const folder = await mkdtemp(join(tmpdir(), 'lab-bench-'));
  try {
    const file = join(folder, 'report.json');
    const started = performance.now();
    const child = spawn(process.execPath, ['--import', `${root}bench/preload.ts`, `${root}bin/lab.js`, ...words], {
      env: { PATH: process.env['PATH'] ?? '', ...env, BENCH_REPORT: file },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, problems] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    const ms = performance.now() - started;
    if (child.exitCode !== 0)
      throw new Error(`lab ${words.join(' ')} ended with ${child.exitCode}\n${(out + problems).slice(-2000)}`);
    return { ms, ...report.parse(JSON.parse(await readFile(file, 'utf8'))) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
