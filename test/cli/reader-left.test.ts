import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { build, lab } from './lab.ts';

beforeAll(build);

const root = fileURLToPath(new URL('../..', import.meta.url));

test('an apply whose reader leaves (lab apply 2>&1 | head) is finished, with its own exit code', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'lab-reader-'));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  await copyFile(`${root}examples/minimal/lab.yaml`, join(cwd, 'lab.yaml'));
  const child = spawn(process.execPath, [`${root}bin/lab.js`, 'apply', '--sandbox'], {
    cwd,
    env: { HOME: cwd },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await once(child.stderr, 'data');
  child.stdout.destroy();
  child.stderr.destroy();
  const [code]: unknown[] = await once(child, 'exit');
  expect(code).toBe(0);
  const planned = await lab(['plan', '--detailed-exitcode', '--sandbox'], { cwd, env: { HOME: cwd } });
  expect(planned).toMatchObject({ code: 0, stderr: expect.not.stringContaining('took over the lock') });
});
