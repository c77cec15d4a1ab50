import fc from 'fast-check';
import { expect, test } from 'vitest';
import { needles } from '../../src/secrets/needles.ts';

const value = fc.string({ unit: 'binary', minLength: 6, maxLength: 60 });
const ascii = fc.string({ unit: 'binary-ascii', minLength: 6, maxLength: 60 });
const bytes = fc.uint8Array({ maxLength: 9 });

const isFound = (secret: string, haystack: string): boolean =>
  needles(secret).some((needle) => haystack.includes(needle));

/** The value somewhere within other bytes. */
const within = (before: Uint8Array, secret: string, after: Uint8Array): Buffer =>
  Buffer.concat([before, Buffer.from(secret), after]);

test('a value is found in base64 and base64url, whatever stands before and behind it', () => {
  fc.assert(
    fc.property(bytes, value, bytes, (before, secret, after) => {
      const whole = within(before, secret, after);
      expect(isFound(secret, whole.toString('base64'))).toBe(true);
      expect(isFound(secret, whole.toString('base64url'))).toBe(true);
    }),
  );
});

test('a value is found in hex of either case', () => {
  fc.assert(
    fc.property(bytes, value, bytes, (before, secret, after) => {
      const hex = within(before, secret, after).toString('hex');
      expect(isFound(secret, hex)).toBe(true);
      expect(isFound(secret, hex.toUpperCase())).toBe(true);
    }),
  );
});

test('a value is found in JSON as JavaScript and as Go write it', () => {
  const html: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' };
  fc.assert(
    fc.property(fc.string(), value, fc.string(), (before, secret, after) => {
      const json = JSON.stringify({ message: before + secret + after });
      expect(isFound(secret, json)).toBe(true);
      expect(
        isFound(
          secret,
          json.replaceAll(/[<>&]/g, (special) => html[special] ?? ''),
        ),
      ).toBe(true);
    }),
  );
});

test('a value is found in URLs and in forms, with either case of hex digits', () => {
  const lower = (text: string) => text.replaceAll(/%../g, (escaped) => escaped.toLowerCase());
  fc.assert(
    fc.property(ascii, (secret) => {
      for (const form of [
        `/v1/x/${encodeURIComponent(secret)}?a=b`,
        new URLSearchParams({ secret, b: 'c' }).toString(),
      ]) {
        expect(isFound(secret, form)).toBe(true);
        expect(isFound(secret, lower(form))).toBe(true);
      }
    }),
  );
});

test('a value is found without the line break at its end', () => {
  expect(isFound('hunter42\n', 'password is hunter42, really')).toBe(true);
  expect(isFound('hunter42\n', Buffer.from('xhunter42').toString('base64'))).toBe(true);
});

test('each line of 8 characters and more is found, with any indentation and as JSON', () => {
  const secret = 'short\n   line "of" eight\r\n\tand another one\n';
  expect(isFound(secret, '> line "of" eight')).toBe(true);
  expect(isFound(secret, '{"a":"line \\"of\\" eight"}')).toBe(true);
  expect(isFound(secret, '    and another one,')).toBe(true);
  expect(isFound(secret, 'short')).toBe(false);
});

test('the frame of a PEM block is no needle, its body is', () => {
  const pem = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n';
  expect(isFound(pem, '-----BEGIN PRIVATE KEY-----')).toBe(false);
  expect(isFound(pem, 'MC4CAQAwBQYDK2VwBCIEIA==')).toBe(true);
});

test('other values are not found', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{8,30}$/), (secret) => {
      expect(isFound(secret.toUpperCase(), `{"a":"${secret}"}`)).toBe(false);
    }),
  );
});

test('no needle is shorter than the value, and none is empty', () => {
  fc.assert(
    fc.property(value, (secret) => {
      const shortest = Math.min(...needles(secret).map(({ length }) => length));
      expect(shortest).toBeGreaterThanOrEqual(Math.min(secret.trim().length, 8));
    }),
  );
  expect(needles('')).toEqual([]);
});
