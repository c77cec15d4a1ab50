import { expect, test } from 'vitest';
import { styleFor } from '../../src/views/style.ts';

test.each([
  ['a file', { isTTY: false, env: {} }, false],
  ['a CI log', { isTTY: false, env: { CI: 'true', GITHUB_ACTIONS: 'true' } }, false],
  ['a terminal', { isTTY: true, env: { TERM: 'xterm-256color' } }, true],
  ['a terminal with NO_COLOR', { isTTY: true, env: { TERM: 'xterm', NO_COLOR: '1' } }, false],
  ['a terminal that cannot', { isTTY: true, env: { TERM: 'dumb' } }, false],
  ['a file with FORCE_COLOR', { isTTY: false, env: { FORCE_COLOR: '1' } }, true],
])('%s is coloured or not as it should be', (_, terminal, isColoured) => {
  expect(styleFor(terminal).good('x') !== 'x').toBe(isColoured);
});
