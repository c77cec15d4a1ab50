import { describe, expect, test } from 'vitest';
import { mapSecret, reveal, sameSecret, secret } from '../../src/secrets/secret.ts';
import { isStandIn, standIn } from '../../src/secrets/stand-in.ts';

describe('a stand-in', () => {
  test('is the same for the same seed and name, and another one otherwise', () => {
    expect(sameSecret(standIn('seed', 'env A'), standIn('seed', 'env A'))).toBe(true);
    expect(sameSecret(standIn('seed', 'env A'), standIn('seed', 'env B'))).toBe(false);
    expect(sameSecret(standIn('seed', 'env A'), standIn('other', 'env A'))).toBe(false);
  });

  test('is known by itself and within what was composed with it, and tells nothing of the seed', () => {
    const value = standIn('the-seed', 'env A');
    expect(isStandIn(value)).toBe(true);
    expect(isStandIn(mapSecret(value, (text) => JSON.stringify({ key: text })))).toBe(true);
    expect(isStandIn(secret('a real value'))).toBe(false);
    expect(reveal(value)).not.toContain('the-seed');
  });
});
