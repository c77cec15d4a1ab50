import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolveSource } from '../../src/secrets/resolve.ts';
import { reveal } from '../../src/secrets/secret.ts';
import type { LocalSource } from '../../src/secrets/source.ts';

let root: string;
let folder: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lab-source-'));
  folder = join(root, 'manifest');
  await mkdir(folder);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const valueOf = async (source: LocalSource, env: Record<string, string> = {}): Promise<string | undefined> => {
  const value = await resolveSource(source, { env, folder });
  return value === undefined ? undefined : reveal(value);
};
const file = (path: string): LocalSource => ({ from: 'file', path });

test('a variable gives its value, and none if it is unset or empty', async () => {
  const source: LocalSource = { from: 'env', name: 'TOKEN' };
  expect(await valueOf(source, { TOKEN: ' v \n' })).toBe(' v \n');
  expect(await valueOf(source, { TOKEN: '' })).toBeUndefined();
  expect(await valueOf(source, {})).toBeUndefined();
});

test('a file gives its text exactly, and none if it is missing or empty', async () => {
  await writeFile(join(folder, 'a.txt'), '\uFEFFgrüße\r\n\n');
  await writeFile(join(folder, 'empty.txt'), '');
  expect(await valueOf(file('a.txt'))).toBe('\uFEFFgrüße\r\n\n');
  expect(await valueOf(file('./sub/../a.txt'))).toBe('\uFEFFgrüße\r\n\n');
  expect(await valueOf(file(join(folder, 'a.txt')))).toBe('\uFEFFgrüße\r\n\n');
  expect(await valueOf(file('empty.txt'))).toBeUndefined();
  expect(await valueOf(file('missing.txt'))).toBeUndefined();
  expect(await valueOf(file('a.txt/below'))).toBeUndefined();
});

test('a file outside the folder is refused, on every way there', async () => {
  await writeFile(join(root, 'outside.txt'), 'not-yours');
  await mkdir(join(root, 'manifest-2'));
  await writeFile(join(root, 'manifest-2', 'a.txt'), 'not-yours');
  await symlink(join(root, 'outside.txt'), join(folder, 'link.txt'));
  await symlink(root, join(folder, 'up'));
  const ways = [
    '../outside.txt',
    '../missing.txt',
    join(root, 'outside.txt'),
    '../manifest-2/a.txt',
    'link.txt',
    'up/outside.txt',
  ];
  for (const way of ways) {
    await expect(valueOf(file(way)), way).rejects.toMatchObject({
      code: 'GUARD',
      message: `file ${way} lies outside the manifest's folder`,
    });
  }
});

test('a link within the folder is followed, also where the folder itself is reached by a link', async () => {
  await writeFile(join(folder, 'a.txt'), 'inside');
  await symlink('a.txt', join(folder, 'b.txt'));
  await symlink(folder, join(root, 'alias'));
  folder = join(root, 'alias');
  expect(await valueOf(file('b.txt'))).toBe('inside');
});

test('names that only begin like the way out are names', async () => {
  await writeFile(join(folder, '..data'), 'inside');
  expect(await valueOf(file('..data'))).toBe('inside');
});

test('what cannot be read as text is MISSING_SOURCE with the path, and shows no byte of it', async () => {
  await writeFile(join(folder, 'binary'), Buffer.from('top-secret\xff\xfe', 'latin1'));
  await mkdir(join(folder, 'sub'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  await symlink('loop', join(folder, 'loop'));
  for (const [path, why] of [
    ['binary', 'it is not UTF-8 text'],
    ['sub', 'it is not a regular file'],
    ['.', 'it is not a regular file'],
    ['pipe', 'it is not a regular file'],
    ['loop', 'too many symbolic links encountered'],
  ] as const) {
    await expect(valueOf(file(path))).rejects.toMatchObject({
      code: 'MISSING_SOURCE',
      message: `file ${path} cannot be read: ${why}`,
      detail: { next: expect.stringContaining(path) },
    });
  }
});

test.each([
  ['alphanumeric', /^[A-Za-z0-9]{400}$/, 62],
  ['hex', /^[0-9a-f]{400}$/, 16],
  ['printable', /^[!-~]{400}$/, 94],
] as const)('a generated %s value uses its whole alphabet and is fresh each time', async (alphabet, pattern, size) => {
  const source: LocalSource = { from: 'generate', length: 400, alphabet };
  const values = await Promise.all(Array.from({ length: 20 }, () => valueOf(source)));
  for (const value of values) expect(value).toMatch(pattern);
  expect(new Set(values).size).toBe(20);
  expect(new Set(values.join('')).size).toBe(size);
});
