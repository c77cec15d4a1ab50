import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readHidden } from '../../src/cli/hidden-input.ts';

/** A terminal that echoes nothing by itself, and tells whether it was told not to. */
const terminal = () => {
  const raw: boolean[] = [];
  const shown: string[] = [];
  let interrupted = 0;
  const input = Object.assign(new PassThrough(), { setRawMode: (mode: boolean) => void raw.push(mode) });
  const ask = () =>
    readHidden('Share: ', { input, write: (text) => void shown.push(text), interrupt: () => (interrupted += 1) });
  return { input, ask, raw, shown, interrupted: () => interrupted };
};

test('a line is read without being shown, and the terminal is as before', async () => {
  const { input, ask, raw, shown } = terminal();
  const asked = ask();
  input.write('ab');
  input.write('x\u007f cé\r');
  expect((await asked)?.toString()).toBe('ab cé');
  expect(raw).toEqual([true, false]);
  expect(shown.join('')).toBe('Share: \n');
});

test('lines that are pasted at once answer one question each', async () => {
  const { input, ask } = terminal();
  input.write('one\ntwo\n');
  expect((await ask())?.toString()).toBe('one');
  expect((await ask())?.toString()).toBe('two');
});

test('Ctrl-C breaks off and is passed on; the end of input breaks off', async () => {
  const broken = terminal();
  const asked = broken.ask();
  broken.input.write('half\u0003');
  expect(await asked).toBeUndefined();
  expect(broken.interrupted()).toBe(1);
  const ended = terminal();
  const waiting = ended.ask();
  ended.input.end();
  expect(await waiting).toBeUndefined();
});
