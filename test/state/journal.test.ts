import { expect, test } from 'vitest';
import { decodeDocument, encodeDocument } from '../../src/state/codec.ts';
import type { Position } from '../../src/state/decode.ts';
import { emptyDocument, play, type StateDocument, toState } from '../../src/state/document.ts';
import { encodeLine, replay } from '../../src/state/journal.ts';
import type { JournalEntry } from '../../src/state/store.ts';
import { begin, end, recordOf } from './example.ts';

const line = (entry: JournalEntry, sequence: number, position: Partial<Position> = {}): string =>
  encodeLine({ installation: 'aaaa1111', extends: 0, sequence, ...position, entry });

const lines = (...entries: readonly JournalEntry[]): string[] => entries.map((entry, index) => line(entry, index + 1));

const stateOf = (stored: StateDocument | undefined, journal: string) => {
  const replayed = replay(stored, journal, 'journal.jsonl');
  return replayed === undefined ? undefined : toState(replayed.document);
};

const entries = [begin('one'), end('one'), begin('two', { address: 'vault.policy/zwei ü' }), end('two')];

test('a journal that is cut anywhere plays its whole lines', () => {
  const whole = lines(...entries);
  const bytes = Buffer.from(whole.join(''));
  for (let cut = 0; cut <= bytes.length; cut++) {
    const text = bytes.subarray(0, cut).toString('utf8');
    const expected = emptyDocument('aaaa1111');
    for (const entry of entries.slice(0, text.split('\n').length - 1)) play(expected, entry);
    const state = stateOf(undefined, text);
    expect(state?.records ?? []).toEqual([...expected.records.values()]);
    expect(state?.broken ?? []).toEqual([]);
  }
});

test('a broken line in the middle is reported and costs no other line', () => {
  const [first = '', , third = '', fourth = ''] = lines(...entries);
  const state = stateOf(undefined, [first, '{"torn\n', third, fourth].join(''));
  expect(state?.records).toEqual([recordOf('one', { status: 'begun' }), recordOf('two')]);
  expect(state?.broken).toEqual([
    { identity: 'line 2 of journal.jsonl', why: 'a step of the journal cannot be played: it is not JSON' },
  ]);
});

test('a line that can be read in part is reported for its object, and survives the next save', () => {
  const damaged = line(end('two'), 2).replace('"status":"done"', '"status":"lost"');
  const replayed = replay(undefined, `${line(end('one'), 1)}${damaged}`, 'journal.jsonl');
  const { identity } = recordOf('two');
  expect(replayed?.document.broken).toHaveLength(1);
  expect([...(replayed?.document.broken ?? [])]).toEqual([
    { identity, why: expect.stringContaining('record: status: must be begun or done'), text: expect.any(String) },
  ]);
  const saved = decodeDocument(encodeDocument(replayed?.document ?? emptyDocument('')), 'state.json');
  expect(toState(saved).broken).toEqual([{ identity, why: 'it is a step of the journal that cannot be played' }]);
  expect([...saved.broken].map(({ text }) => JSON.parse(text))).toEqual([damaged.trimEnd()]);
});

test('a journal of an older serial is in the document already', () => {
  const stored = { ...emptyDocument('aaaa1111'), serial: 3 };
  const replayed = replay(stored, line(end('one'), 1, { extends: 2 }), 'journal.jsonl');
  expect(replayed).toEqual({ document: stored, extended: false });
});

test('a journal of a newer serial than the document is BAD_STATE: the document was put back from the past', () => {
  const stored = { ...emptyDocument('aaaa1111'), serial: 3 };
  for (const document of [stored, undefined]) {
    expect(() => replay(document, line(end('one'), 1, { extends: 4 }), 'journal.jsonl')).toThrow(
      expect.objectContaining({ code: 'BAD_STATE', message: expect.stringContaining('goes on from serial 4') }),
    );
  }
});

test('a journal that cannot be read at all is BAD_STATE if there is no document', () => {
  expect(() => stateOf(undefined, 'x\ny\n')).toThrow(expect.objectContaining({ code: 'BAD_STATE' }));
  expect(stateOf(emptyDocument('aaaa1111'), 'x\ny\n')?.broken).toHaveLength(2);
});

test('a journal of a newer lab is BAD_STATE', () => {
  const text = line(end('one'), 1).replace('"formatVersion":1', '"formatVersion":2');
  expect(() => stateOf(undefined, text)).toThrow(expect.objectContaining({ code: 'BAD_STATE' }));
});

test('gaps in the sequence are no damage; steps out of sequence and of others are', () => {
  const text = [
    line(end('one'), 3),
    line(end('two'), 7),
    line({ step: 'gone', identity: recordOf('one').identity }, 7),
    line(end('three'), 8, { installation: 'bbbb2222' }),
    line(end('four'), 9),
  ].join('');
  const state = stateOf(undefined, text);
  expect(state?.records).toEqual([recordOf('one'), recordOf('two'), recordOf('four')]);
  expect(state?.broken.map(({ why }) => why.split(': ')[1])).toEqual([
    'it is out of sequence',
    'it belongs to another installation',
  ]);
});

test('an unknown step is reported, not guessed at', () => {
  const text = line(end('one'), 1).replace('"step":"end"', '"step":"dance"');
  expect(stateOf(emptyDocument('aaaa1111'), text)?.broken).toEqual([
    { identity: recordOf('one').identity, why: expect.stringContaining('step: must be begin or end') },
  ]);
});
