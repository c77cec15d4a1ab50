import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { copyExample } from '../support/examples.ts';
import { build, lab } from './lab.ts';

beforeAll(build);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-lost-'));
  await copyExample('minimal', folder);
  const manifest = join(folder, 'lab.yaml');
  await writeFile(manifest, `allowDestroy: true\n${await readFile(manifest, 'utf8')}`);
  return () => rm(folder, { recursive: true, force: true });
});

const run = (...words: string[]) => lab([...words, '--sandbox'], { cwd: folder });
const lose = () => rm(join(folder, '.lab/sandbox/minimal/default/state.json'));

test('a lost state stops destroy, is rebuilt from the marks, and everything goes', async () => {
  expect((await run('apply')).code).toBe(0);
  await lose();

  const refused = await run('destroy', '--allow-data-loss');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('lab state rebuild') });

  const rebuilt = await run('state', 'rebuild', '--json');
  expect(rebuilt.code).toBe(0);
  const document = JSON.parse(rebuilt.stdout);
  expect(document).toMatchObject({ unmarked: [], foreign: [], unseen: [] });
  expect(document.records).toHaveLength(9);
  expect((await run('plan', '--detailed-exitcode')).code).toBe(0);
  expect((await run('state', 'rebuild')).stdout).toContain('0 objects on record again');

  expect((await run('destroy', '--allow-data-loss')).code).toBe(0);
  expect((await run('plan')).stdout).toContain('9 to create');
});

test('a destroy of what was never applied leaves nothing that a later run could trip over', async () => {
  expect(await run('destroy')).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to destroy') });
  expect((await run('apply')).code).toBe(0);
  await lose();
  expect((await run('apply')).code).toBe(0);
  expect((await run('destroy', '--allow-data-loss')).code).toBe(0);
});
