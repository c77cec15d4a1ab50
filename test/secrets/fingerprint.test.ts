import { createHash, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FingerprintKey, fingerprint, isMadeWith, keyOfBytes } from '../../src/secrets/fingerprint.ts';
import { secret } from '../../src/secrets/secret.ts';

const key = keyOfBytes(Buffer.alloc(32, 7));
const of = (parts: readonly string[], by: FingerprintKey = key): string => {
  const [installation = '', subject = '', field = '', value = ''] = parts;
  return fingerprint(by, { installation, subject, field }, secret(value));
};

test('a fingerprint names its version and its key, and holds 256 bits', () => {
  const id = createHash('sha256').update(Buffer.alloc(32, 7)).digest('hex').slice(0, 8);
  expect(of(['i', 's', 'f', 'v'])).toMatch(new RegExp(`^v1:${id}:[\\w-]{43}$`));
});

test('fingerprints stay the same between versions of lab', () => {
  expect(of(['aaaa1111', 'vault.kv-secret/secret/db', 'data.password', 'hunter42'])).toMatchInlineSnapshot(
    `"v1:4bb06f8e:B2A1ZJWItr-4zpRaiTCT2lc22Vt4oNPHy6PVOwDBt8s"`,
  );
});

test('equal parts give equal fingerprints, and any other split of the same text another', () => {
  const parts = fc.tuple(fc.string(), fc.string(), fc.string(), fc.string());
  fc.assert(
    fc.property(parts, parts, (left, right) => {
      expect(of(left)).toBe(of(left));
      expect(of(left) === of(right)).toBe(left.every((part, index) => part === right[index]));
    }),
  );
  const splits = [
    ['ab', 'c', 'd', 'e'],
    ['a', 'bc', 'd', 'e'],
    ['a', 'b', 'cd', 'e'],
    ['a', 'b', 'c', 'de'],
    ['', 'abcde', '', ''],
  ];
  expect(new Set(splits.map((split) => of(split))).size).toBe(splits.length);
});

test('a fingerprint tells which key made it', () => {
  const other = keyOfBytes(randomBytes(32));
  expect(isMadeWith(key, of(['i', 's', 'f', 'v']))).toBe(true);
  expect(isMadeWith(other, of(['i', 's', 'f', 'v']))).toBe(false);
  expect(of(['i', 's', 'f', 'v'], other)).not.toBe(of(['i', 's', 'f', 'v']));
  for (const text of ['', 'v1:', 'v1:none:', `v2:${key.id}:x`, key.id]) expect(isMadeWith(key, text)).toBe(false);
});

test('printing a key shows nothing of it', () => {
  const bytes = randomBytes(32);
  const made = keyOfBytes(bytes);
  const shown = `${inspect(made, { depth: 9, showHidden: true })}${JSON.stringify(made)}${JSON.stringify({ ...made })}`;
  expect(shown).not.toContain(bytes.toString('hex'));
  expect(shown).not.toContain(bytes.toString('base64').slice(0, 8));
});
