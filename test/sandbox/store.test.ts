import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDocument } from '../../src/sandbox/store.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-store-'));
});
afterAll(() => rm(folder, { recursive: true }));

const empty = () => ({ count: 0 });

describe('a document of the sandbox', () => {
  test('begins empty, and is as it was when it is opened again', async () => {
    const file = join(folder, 'a', 'b', 'count.json');
    const first = await openDocument(file, empty);
    expect(first.value).toEqual({ count: 0 });
    first.value.count = 7;
    first.changed();
    await first.close();
    expect((await openDocument(file, empty)).value).toEqual({ count: 7 });
  });

  test('goes to disk by itself a while after a change, for its user alone', async () => {
    const file = join(folder, 'soon', 'count.json');
    const document = await openDocument(file, empty);
    document.value.count = 1;
    document.changed();
    await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toBe('{"count":1}');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'soon'))).mode & 0o777).toBe(0o700);
    await document.close();
  });

  test('that nobody changed leaves no file', async () => {
    const file = join(folder, 'unchanged.json');
    await (await openDocument(file, empty)).close();
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  test('whose file is broken is an error, not an empty one', async () => {
    const file = join(folder, 'broken.json');
    await writeFile(file, '{"count":');
    await expect(openDocument(file, empty)).rejects.toThrow('JSON');
  });

  test('without a file lives in memory', async () => {
    const document = await openDocument(undefined, empty);
    document.value.count = 1;
    document.changed();
    await document.close();
    expect(document.value.count).toBe(1);
  });
});
