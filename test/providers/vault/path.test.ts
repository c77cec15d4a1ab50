import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodePath, trimSlashes } from '../../../src/providers/vault/path.ts';

test('a part with slashes of its own becomes that many segments', () => {
  expect(encodePath(['team/kv', 'data', 'crossplane/azure'])).toBe('team/kv/data/crossplane/azure');
});

test('what a URL would cut off or read otherwise is encoded', () => {
  expect(encodePath(['kv', 'data', 'a b#c?d%e&f\'"'])).toBe(`kv/data/a%20b%23c%3Fd%25e%26f'%22`);
});

test.each(['', 'a//b', '/a', 'a/', '.', 'a/../b', '..'])(
  'the path %j is refused, because it would name another object',
  (path) => {
    expect(() => encodePath(['kv', 'data', path])).toThrow(expect.objectContaining({ code: 'BAD_MANIFEST' }));
  },
);

test('a server finds the very segments that went in', () => {
  const segment = fc.string({ minLength: 1 }).filter((text) => !text.includes('/') && text !== '.' && text !== '..');
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1 }), (segments) => {
      const well = segments.map((text) => text.toWellFormed());
      const { pathname } = new URL(`http://vault/v1/${encodePath(well)}`);
      expect(pathname.split('/').slice(2).map(decodeURIComponent)).toEqual(well);
    }),
  );
});

test('slashes around a mount path do not matter', () => {
  expect(trimSlashes('/team/kv//')).toBe('team/kv');
});
