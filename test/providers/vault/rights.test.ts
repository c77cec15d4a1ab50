import { expect, test } from 'vitest';
import { vault } from '../../../src/providers/vault/index.ts';

test('every kind states what its calls need, save the server, which is spoken to without a token', () => {
  const without = vault.kinds.filter((kind) => kind.rights(['a', 'b', 'kubernetes', 'c', 'd'], {}) === undefined);
  expect(without.map(({ kind }) => kind)).toEqual(['vault.server']);
});
