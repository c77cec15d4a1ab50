import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPath, parsePath } from '../../src/engine/path.ts';

test('a path is written as people would, and read back as it was', () => {
  expect(formatPath(['rules', 0, 'path'])).toBe('rules[0].path');
  expect(formatPath(['data', 'ca.crt'])).toBe('data["ca.crt"]');
  const segments = fc.array(fc.oneof(fc.string(), fc.nat()), { minLength: 1 });
  fc.assert(
    fc.property(segments, (path) => {
      expect(parsePath(formatPath(path))).toEqual(path);
    }),
  );
});
