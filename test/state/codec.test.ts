import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LabError } from '../../src/errors.ts';
import { decodeDocument, encodeDocument } from '../../src/state/codec.ts';
import { emptyDocument, play, type StateDocument, toState } from '../../src/state/document.ts';
import { recordOf } from './example.ts';

const documentWith = (...names: readonly string[]): StateDocument => {
  const document = emptyDocument('aaaa1111');
  for (const name of names) play(document, { step: 'end', record: recordOf(name) });
  return document;
};

const decode = (text: string) => decodeDocument(text, 'state.json');

test('any document comes back as it was written', () => {
  const record = fc.record({
    identity: fc.string({ minLength: 1 }),
    address: fc.string({ minLength: 1 }),
    kind: fc.string({ minLength: 1 }),
    scope: fc.string(),
    id: fc.array(fc.string()),
    ownership: fc.constantFrom('owned' as const, 'contributed' as const),
    dependsOn: fc.array(fc.string()),
    // What went through JSON once: -0 is 0 there.
    applied: fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value))),
    receipt: fc.record({ applied: fc.string(), live: fc.string() }),
    status: fc.constantFrom('begun' as const, 'done' as const),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(record, { selector: ({ identity }) => identity }),
      fc.dictionary(fc.string(), fc.string()),
      fc.uniqueArray(fc.string()),
      fc.nat(),
      (records, systems, usedPlans, serial) => {
        const document: StateDocument = {
          ...emptyDocument('aaaa1111'),
          serial,
          records: new Map(records.map((each) => [each.identity, each])),
          systems: new Map(Object.entries(systems)),
          usedPlans: new Set(usedPlans),
        };
        const text = encodeDocument(document);
        expect(toState(decode(text))).toEqual(toState(document));
        expect(encodeDocument(decode(text))).toBe(text);
        expect(JSON.parse(text).records).toHaveLength(records.length);
      },
    ),
  );
});

test('a state document that a formatter has rewritten can be read', () => {
  const document = documentWith('one', 'two');
  const pretty = JSON.stringify(JSON.parse(encodeDocument(document)), null, 2);
  expect(toState(decode(pretty))).toEqual(toState(document));
  expect(toState(decode(encodeDocument(document).replaceAll('\n', '\r\n')))).toEqual(toState(document));
});

test('any damage to one record costs that record only, and is kept byte by byte', () => {
  const text = encodeDocument(documentWith('one', 'two', 'three'));
  const [head = '', one = '', , three = '', ...tail] = text.split('\n');
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }).filter((damage) => !/[\r\n]|^,?$|,$/.test(damage)),
      (damage) => {
        const document = decode([head, one, `${damage},`, three, ...tail].join('\n'));
        expect([...document.records.values()]).toEqual([recordOf('one'), recordOf('three')]);
        expect([...document.broken].map((record) => record.text)).toEqual([damage]);
        expect([...decode(encodeDocument(document)).broken].map((record) => record.text)).toEqual([damage]);
      },
    ),
  );
});

test.each([
  ['no identity', { identity: undefined }, 'record 1 of state.json', 'identity: must be text'],
  ['a number for a name', { address: 7 }, 'vault-1/vault.policy/one', 'address: must be text'],
  [
    'an ownership of tomorrow',
    { ownership: 'lent' },
    'vault-1/vault.policy/one',
    'ownership: must be owned or contributed',
  ],
  ['half a receipt', { receipt: { applied: 'a' } }, 'vault-1/vault.policy/one', 'receipt: live: must be text'],
  ['a mixed list', { dependsOn: ['a', 1] }, 'vault-1/vault.policy/one', 'dependsOn: must be a list of text'],
])('a record with %s is broken and says why', (_what, change, identity, why) => {
  const document = emptyDocument('aaaa1111');
  const text = encodeDocument(document).replace('\n\n', `\n${JSON.stringify({ ...recordOf('one'), ...change })}\n`);
  expect(toState(decode(text))).toMatchObject({ records: [], broken: [{ identity, why }] });
});

test('of two records of one object the second is broken', () => {
  const text = encodeDocument(documentWith('one'));
  const line = text.split('\n')[1] ?? '';
  const state = toState(decode(text.replace(line, `${line},\n${line}`)));
  expect(state.records).toEqual([recordOf('one')]);
  expect(state.broken).toEqual([{ identity: recordOf('one').identity, why: 'there is another record of this object' }]);
});

test('fields that this version does not know stay with their record', () => {
  const text = encodeDocument(documentWith('one')).replace('"kind":', '"colour":"blue","kind":');
  expect(encodeDocument(decode(text))).toBe(text);
});

test.each([
  ['nothing', ''],
  ['no JSON', 'no JSON\n'],
  ['half a document', encodeDocument(documentWith('one')).slice(0, -20)],
  ['another document', '{"kind":"List"}'],
  ['no format', encodeDocument(documentWith('one')).replace('"formatVersion":1,', '')],
  ['a serial that is no number', encodeDocument(documentWith('one')).replace('"serial":0', '"serial":"0"')],
  ['systems that are no map', encodeDocument(documentWith('one')).replace('"systems":{}', '"systems":["x"]')],
])('a whole document that holds %s is BAD_STATE with the next step', (_what, text) => {
  expect(() => decode(text)).toThrow(LabError);
  expect(() => decode(text)).toThrow(
    expect.objectContaining({
      code: 'BAD_STATE',
      message: expect.stringMatching(/^state\.json cannot be read: /),
      detail: { next: expect.stringContaining('move it away and apply again') },
    }),
  );
});

test('a format of the future is BAD_STATE and names the cure', () => {
  const text = encodeDocument(documentWith('one')).replace('"formatVersion":1', '"formatVersion":2');
  expect(() => decode(text)).toThrow(
    expect.objectContaining({ code: 'BAD_STATE', message: expect.stringContaining('written by a newer lab') }),
  );
});
