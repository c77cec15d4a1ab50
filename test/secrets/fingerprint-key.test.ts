import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keyOfBytes } from '../../src/secrets/fingerprint.ts';
import { fingerprintKey, fingerprintKeyFile } from '../../src/secrets/fingerprint-key.ts';

let home: string;
let env: Record<string, string>;
let path: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'lab-key-'));
  env = { XDG_CONFIG_HOME: join(home, 'config') };
  path = fingerprintKeyFile(env);
});
afterEach(() => rm(home, { recursive: true, force: true }));

const idOf = async (variables: Record<string, string>, create = false): Promise<string | undefined> =>
  (await fingerprintKey({ env: variables, create }))?.id;

test('the key file lies in the configuration folder of the user', () => {
  expect(fingerprintKeyFile({ XDG_CONFIG_HOME: '/c', HOME: '/h' })).toBe('/c/k8s-lab/fingerprint.key');
  expect(fingerprintKeyFile({ HOME: '/h' })).toBe('/h/.config/k8s-lab/fingerprint.key');
  expect(fingerprintKeyFile({ XDG_CONFIG_HOME: 'relative', HOME: '/h' })).toBe('/h/.config/k8s-lab/fingerprint.key');
});

test('looking for a key makes none', async () => {
  expect(await idOf(env)).toBeUndefined();
  expect(await readdir(home)).toEqual([]);
});

test('the first apply makes a key that only the user can read, and later runs find it', async () => {
  const id = await idOf(env, true);
  expect(id).toMatch(/^[0-9a-f]{8}$/);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(path, '..'))).toEqual(['fingerprint.key']);
  expect(await idOf(env)).toBe(id);
  expect(await idOf(env, true)).toBe(id);
});

test('runs that make the key at once end with one key', async () => {
  const ids = await Promise.all(Array.from({ length: 8 }, () => idOf(env, true)));
  expect(new Set(ids).size).toBe(1);
});

test('a key in the environment comes first, as base64 or as long text', async () => {
  await idOf(env, true);
  const bytes = randomBytes(32);
  const { id } = keyOfBytes(bytes);
  expect(await idOf({ ...env, LAB_FINGERPRINT_KEY: bytes.toString('base64') })).toBe(id);
  expect(await idOf({ ...env, LAB_FINGERPRINT_KEY: `${bytes.toString('base64url')}\n` })).toBe(id);
  const text = 'correct horse battery staple, and more';
  expect(await idOf({ ...env, LAB_FINGERPRINT_KEY: text })).toBe(keyOfBytes(Buffer.from(text)).id);
  expect(await idOf({ ...env, LAB_FINGERPRINT_KEY: '' })).toBe(await idOf(env));
});

test('a key that is too short is refused and not shown', async () => {
  const short = 'c2hvcnQta2V5LW9mLXNvcnRz';
  const refused = fingerprintKey({ env: { ...env, LAB_FINGERPRINT_KEY: short }, create: true });
  await expect(refused).rejects.toMatchObject({
    code: 'GUARD',
    message: 'the fingerprint key in LAB_FINGERPRINT_KEY is shorter than 32 bytes',
    detail: { next: expect.stringContaining('openssl rand') },
  });
});

test('a key file that others can read is refused with the cure', async () => {
  await idOf(env, true);
  for (const mode of [0o640, 0o604, 0o620]) {
    await chmod(path, mode);
    await expect(idOf(env)).rejects.toMatchObject({ code: 'GUARD', detail: { next: `chmod 600 ${path}` } });
  }
});

test('an empty key file is refused, not replaced', async () => {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, '', { mode: 0o600 });
  await expect(idOf(env, true)).rejects.toMatchObject({ code: 'GUARD' });
  expect(await readFile(path, 'utf8')).toBe('');
});

test('a folder that cannot be made is told with its path', async () => {
  await writeFile(join(home, 'config'), '');
  await expect(idOf(env, true)).rejects.toMatchObject({
    code: 'MISSING_SOURCE',
    message: expect.stringContaining(path),
    detail: { next: expect.stringContaining('LAB_FINGERPRINT_KEY') },
  });
});
