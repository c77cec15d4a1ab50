import { describe, expect, test } from 'vitest';
import { sentenceOf } from '../../../src/engine/findings.ts';
import { type Fields, isFields } from '../../../src/engine/value.ts';
import { aws } from '../../../src/providers/aws/index.ts';
import { decodeMarks, encodeMarks, foreignTags, type Marks } from '../../../src/providers/aws/secrets/marks.ts';
import { secret } from '../../../src/secrets/secret.ts';

const [kind] = aws.kinds;
if (kind === undefined) throw new Error('aws has no kinds');
const problem = (spec: Fields): string => {
  const result = kind.normalise(spec);
  return result.ok ? 'none' : sentenceOf(result.found);
};
const value = secret('a value');

describe('a spec', () => {
  test('has exactly one of value and properties', () => {
    expect(problem({ value })).toBe('none');
    expect(problem({ properties: { id: value } })).toBe('none');
    expect(problem({})).toContain('exactly one');
    expect(problem({ value, properties: { id: value } })).toContain('exactly one');
    expect(problem({ properties: {} })).toContain('at least one key');
  });

  test('asks for no tag of lab or AWS, and for none that AWS refuses', () => {
    expect(problem({ value, tags: { team: 'a b', 'Kosten/Stelle': 'ä+-=._:/@', old: null } })).toBe('none');
    expect(problem({ value, tags: { 'lab-owner': 'me' } })).toContain("lab's own");
    expect(problem({ value, tags: { 'managed-by': 'me' } })).toContain("lab's own");
    expect(problem({ value, tags: { 'aws:x': 'y' } })).toContain('none that AWS takes');
    expect(problem({ value, tags: { team: 'a;b' } })).toContain('none that AWS takes');
    expect(problem({ value, tags: { team: 'x'.repeat(257) } })).toContain('none that AWS takes');
  });

  test('fits into 50 tags, marks included', () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]));
    expect(problem({ properties: many(45) })).toBe('none');
    expect(problem({ properties: many(46) })).toContain('51 tags');
    expect(problem({ properties: many(44), tags: { a: '1', b: '2' } })).toContain('51 tags');
  });

  test('normalised twice is the same', () => {
    const once = kind.normalise({ value, description: null, tags: { a: '1' } });
    if (!once.ok || !isFields(once.spec)) throw new Error('not normal');
    expect(once.spec.description).toBe('');
    expect(kind.normalise(once.spec)).toEqual(once);
  });
});

describe('an identity', () => {
  test('holds region and name, which may have slashes', () => {
    expect(kind.identify(['eu-west-1', 'team/app@1+2=3'], {})).toEqual(['eu-west-1', 'team/app@1+2=3']);
  });

  test.each([
    ['Europe', 'a'],
    ['eu-west-1', 'a b'],
    ['eu-west-1', 'ä'],
    ['eu-west-1', 'a'.repeat(513)],
  ])('is refused offline for %s and %s', (region, name) => {
    expect(() => kind.identify([region, name], {})).toThrowError(expect.objectContaining({ code: 'BAD_MANIFEST' }));
  });
});

describe('marks', () => {
  test('come back from tags as they were, whatever properties are called', () => {
    const marks: Marks = {
      owner: 'name/env/installation',
      version: 'v2',
      replaced: 'v1',
      fields: new Map([
        ['', { is: 'gone' }],
        ['plain', { is: 'written', fingerprint: 'v1:key:mac', moved: false }],
        ['a "b" ü=41', { is: 'written', fingerprint: 'v1:key:mac', moved: true }],
        ['other', { is: 'kept' }],
      ]),
      tags: ['cost group', 'team'],
    };
    const tags = encodeMarks(marks);
    expect(decodeMarks({ ...tags, other: 'tag' })).toEqual(marks);
    for (const text of Object.entries(tags).flat()) expect(text).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u);
  });

  test('are no tags of the user; what AWS sets itself is neither', () => {
    const tags = { 'lab-owner': 'a', 'managed-by': 'lab', 'aws:x': 'y', team: 'b' };
    expect(foreignTags(tags)).toEqual({ team: 'b' });
    expect(foreignTags({ 'managed-by': 'somebody else' })).toEqual({ 'managed-by': 'somebody else' });
  });
});
