import fc from 'fast-check';
import { expect, test } from 'vitest';
import { needles } from '../../src/secrets/needles.ts';
import { redactor } from '../../src/secrets/redaction.ts';
import { secret } from '../../src/secrets/secret.ts';

const knowing = (...values: readonly string[]) => {
  const known = redactor();
  for (const value of values) known.add(secret(value));
  return known;
};

test('text without registered values stays as it is', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(redactor().redact(text)).toBe(text);
      expect(knowing('QQQQQQQQ').redact(text.replaceAll('Q', ''))).toBe(text.replaceAll('Q', ''));
    }),
  );
});

test('a registered value is replaced wherever it stands', () => {
  const known = knowing('hunter42');
  expect(known.redact('hunter42')).toBe('(secret)');
  expect(known.redact('a hunter42, and hunter42hunter42.')).toBe('a (secret), and (secret)(secret).');
  expect(known.redact(`Authorization: Basic ${Buffer.from('me:hunter42').toString('base64')}`)).not.toMatch(
    /[aw]HVudGVyND/,
  );
});

test('no needle of any registered value is left in any text', () => {
  const value = fc
    .string({ unit: 'binary-ascii', minLength: 6, maxLength: 20 })
    .filter((text) => text.trim().length >= 6);
  // Needles that the mark itself holds would be found in every result.
  const values = fc.array(value, { minLength: 1, maxLength: 4 }).filter((all) => {
    return !all.flatMap(needles).some((needle) => '(secret)(secret)'.includes(needle));
  });
  fc.assert(
    fc.property(values, fc.array(fc.nat()), fc.array(fc.string({ maxLength: 5 })), (secrets, picks, texts) => {
      const forms = secrets.flatMap(needles);
      const parts = picks.map((pick, index) => `${texts[index] ?? ''}${forms[pick % forms.length]}`);
      const shown = knowing(...secrets).redact(parts.join(''));
      expect(shown.split('(secret)').filter((rest) => forms.some((form) => rest.includes(form)))).toEqual([]);
    }),
  );
});

test('values that overlap are hidden whole', () => {
  const known = knowing('alphabeta', 'betagamma', 'phabet');
  expect(known.redact('<alphabetagamma>')).toBe('<(secret)>');
});

test('the longer of two values that begin alike is hidden whole', () => {
  for (const values of [
    ['password', 'password-2'],
    ['password-2', 'password'],
  ]) {
    expect(knowing(...values).redact('password-2 password-1')).toBe('(secret) (secret)-1');
  }
});

test('values below 6 characters are not registered: they would hide half of every text', () => {
  expect(knowing('true', 'admin', '      ', ' ab \n').redact('true is      admin ab')).toBe('true is      admin ab');
  expect(knowing('abcdef').redact('abcdef')).toBe('(secret)');
});

test('ten thousand values do not change the text of others', () => {
  const known = knowing(...Array.from({ length: 10_000 }, (_, index) => `value-${index}-${index * 7919}`));
  const text = 'nothing of this is secret. '.repeat(4_000);
  expect(known.redact(`${text}value-77-${77 * 7919}`)).toBe(`${text}(secret)`);
});
