import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeMarks,
  encodeMarks,
  type Marks,
  noMarks,
  seenThrough,
} from '../../../../src/providers/vault/kv/marks.ts';

const written = (marks: Marks): Record<string, string> =>
  Object.fromEntries(
    Object.entries(encodeMarks(marks, [])).filter((entry): entry is [string, string] => entry[1] !== null),
  );

const marks: Marks = {
  owner: 'illm/kind/8f14',
  version: 4,
  confirmed: true,
  keys: new Map([['password', { fingerprint: 'v1:abc:mac', moved: false }]]),
};

describe('marks in custom_metadata', () => {
  test('are read back as they were written, in pieces that Vault takes', () => {
    const key = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => text.toWellFormed());
    const mark = fc.record({ fingerprint: fc.base64String().map((mac) => `v1:abc:${mac}`), moved: fc.boolean() });
    const keys = fc.uniqueArray(fc.tuple(key, mark), { maxLength: 40, selector: ([name]) => name });
    fc.assert(
      fc.property(keys, fc.nat(), fc.boolean(), (some, version, confirmed) => {
        const given = { owner: 'a/b/c', version, confirmed, keys: new Map(some) };
        const entries = written(given);
        for (const value of Object.values(entries)) expect(Buffer.byteLength(value)).toBeLessThanOrEqual(512);
        expect(decodeMarks(entries)).toEqual(given);
      }),
    );
  });

  test('take out what they no longer need, and nothing of other people', () => {
    const before = ['lab-owner', 'lab-fingerprints', 'lab-fingerprints-2', 'lab-version', 'team', 'lab-notes'];
    expect(encodeMarks(noMarks, before)).toEqual({
      'lab-owner': null,
      'lab-fingerprints': null,
      'lab-fingerprints-2': null,
      'lab-version': null,
    });
  });

  test.each([
    { 'lab-version': 'four' },
    { 'lab-version': '4', 'lab-fingerprints': '{"password":' },
    { 'lab-version': '4', 'lab-fingerprints': '["v1:abc:mac"]' },
    { 'lab-version': '4', 'lab-fingerprints': '{"password":7}' },
    { team: 'platform' },
    {},
  ])('tell nothing once somebody edited them to %j', (metadata) => {
    expect(seenThrough(decodeMarks(metadata), 4, 'password').fingerprint).toBeUndefined();
  });
});

describe('a key seen through its marks', () => {
  test('is as lab left it at the version that they name', () => {
    expect(seenThrough(marks, 4, 'password')).toMatchObject({ fingerprint: 'v1:abc:mac', moved: false });
  });

  test.each([5, 3])('was moved by somebody else at version %i, later or put back', (current) => {
    expect(seenThrough(marks, current, 'password')).toMatchObject({ fingerprint: 'v1:abc:mac', moved: true });
  });

  test('stays moved when lab wrote other keys after that', () => {
    const kept = { ...marks, keys: new Map([['password', { fingerprint: 'v1:abc:mac', moved: true }]]) };
    expect(seenThrough(kept, 4, 'password')).toMatchObject({ fingerprint: 'v1:abc:mac', moved: true });
  });

  test.each([3, 4])('must be written again at version %i if the write of 4 was only announced', (current) => {
    const seen = seenThrough({ ...marks, confirmed: false }, current, 'password');
    expect(seen).toMatchObject({ fingerprint: 'v1:abc:000', moved: false });
  });

  test('was moved if somebody wrote after an announced write', () => {
    expect(seenThrough({ ...marks, confirmed: false }, 5, 'password')).toMatchObject({ moved: true });
  });

  test('is not known without a mark of its own', () => {
    expect(seenThrough(marks, 4, 'other').fingerprint).toBeUndefined();
    expect(seenThrough(marks, 4, 'other').moved).toBeUndefined();
    expect(seenThrough(marks, 4, 'constructor').fingerprint).toBeUndefined();
  });
});
