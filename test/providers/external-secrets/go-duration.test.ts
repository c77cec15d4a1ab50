import { expect, test } from 'vitest';
import { goDuration } from '../../../src/engine/fields.ts';
import { parseGoDuration } from '../../../src/providers/external-secrets/go-duration.ts';

test.each([
  ['1h0m0s', 3600],
  ['1h', 3600],
  ['90m', 5400],
  ['1.5h', 5400],
  ['.5m', 30],
  ['1m30s', 90],
  ['0', 0],
  ['0s', 0],
  ['-1h', 0],
  ['1500ms', 2],
  ['10us', 1],
  ['10µs', 1],
])('%s is %d seconds', (text, seconds) => {
  expect(parseGoDuration(text)).toBe(seconds);
});

test.each(['', '1', '1d', 'soon', '1h 30m', 'h'])('"%s" is no duration of Go', (text) => {
  expect(parseGoDuration(text)).toBeUndefined();
});

test('reads what lab writes', () => {
  for (const seconds of [0, 1, 59, 60, 3600, 3661, 86_400]) expect(parseGoDuration(goDuration(seconds))).toBe(seconds);
});
