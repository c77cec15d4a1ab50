import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { providerOf } from '../src/engine/address.ts';
import { providers } from '../src/providers/index.ts';

const root = new URL('../', import.meta.url);
const page = await readFile(new URL('docs/testing.md', root), 'utf8');

interface Row {
  readonly kind: string;
  readonly sandbox: string;
  readonly real: string;
  readonly recorded: string;
}

const rows: readonly Row[] = [...page.matchAll(/^\| `([a-z-]+\.[a-z-]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
  ([, kind = '', sandbox = '', real = '', recorded = '']) => ({ kind, sandbox, real, recorded }),
);

const kinds = providers.flatMap((provider) => provider.kinds.map(({ kind }) => kind));

const suitesOf = async (folder: string, kind: string): Promise<readonly string[]> => {
  const names = await readdir(new URL(folder, root), { recursive: true });
  const texts = await Promise.all(
    names
      .filter((name) => /contract(-cases|\.test)\.ts$/.test(name))
      .map((name) => readFile(new URL(`${folder}${name}`, root), 'utf8')),
  );
  return texts.filter((text) => new RegExp(`describeKind\\('${kind}[ ']`).test(text));
};

test('every kind has a row, and every row a kind', () => {
  expect(rows.map(({ kind }) => kind)).toEqual(kinds);
});

const isReadOnly = ({ sandbox }: Row): boolean => sandbox.startsWith('only read: ');

test.each(rows.filter(isReadOnly))(
  '$kind, which has nothing to write, has the suite of its own that the table names',
  async (row) => {
    const [, file = ''] = /`(test\/[^`]+)`/.exec(row.sandbox) ?? [];
    expect(await readFile(new URL(file, root), 'utf8')).toContain(row.kind);
    expect(row.real).toBe(row.sandbox);
  },
);

// What can be made once and is never deleted cannot go through the contract suite.
const isOwn = ({ sandbox }: Row): boolean => sandbox.startsWith('own suite: ');

test.each(rows.filter(isOwn))(
  '$kind, which is never deleted, has the suites of its own that the table names',
  async (row) => {
    for (const text of [row.sandbox, row.real]) {
      const [, file = ''] = /^own suite: `(test\/[^`]+)`$/.exec(text) ?? [];
      expect(await readFile(new URL(file, root), 'utf8')).toContain(row.kind);
    }
  },
);

test.each(rows.filter((row) => !isReadOnly(row) && !isOwn(row)))(
  '$kind has the contract suites that the table speaks of',
  async ({ kind, sandbox, real }) => {
    const inReal = await suitesOf('test/real/', kind);
    const inProvider = await suitesOf('test/providers/', kind);
    expect(sandbox).toBe('pass');
    expect(inReal.length + inProvider.length).toBeGreaterThan(0);
    if (real === 'pass') {
      // Cases that stand with the provider are run on a real server by the file of that provider.
      const own = await readFile(new URL(`test/real/${providerOf(kind)}/contract.test.ts`, root), 'utf8');
      expect(inReal.length > 0 || own.includes(`providers/${providerOf(kind)}/contract-cases.ts`)).toBe(true);
    } else {
      expect(real).toMatch(/^none: .+/);
      expect(inReal).toEqual([]);
    }
  },
);

test.each(rows)('what the table says $kind was recorded in is there', async ({ recorded }) => {
  const named = [...recorded.matchAll(/`([a-z-]+\/[a-z-]+)`/g)].map(([, name]) => name);
  if (named.length === 0) expect(recorded).toMatch(/^none: .+/);
  for (const name of named) {
    await expect(readFile(new URL(`test/recordings/${name}.txt`, root), 'utf8')).resolves.not.toBe('');
  }
});
