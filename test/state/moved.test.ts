import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesOf, makeLocalFolder } from '../../src/state/local-files.ts';
import { noteMoved, readMoved, refuseMoved } from '../../src/state/moved.ts';
import { localCase } from './local-case.ts';

const note = {
  status: 'begun',
  to: 'Secret lab-system/lab.shop.kind',
  installation: 'aaaa1111',
  serial: 3,
  at: '2026-01-01T00:00:00.000Z',
} as const;

test('the note of a move comes back as it was left, and until there is one the state counts', async () => {
  const { place } = await localCase();
  await makeLocalFolder(place);
  const files = filesOf(place);
  await refuseMoved(files);
  await noteMoved(files, note);
  expect(await readMoved(files)).toMatchObject(note);
  await expect(refuseMoved(files)).rejects.toMatchObject({
    code: 'BAD_STATE',
    message: `the state in ${files.folder} was being moved when a run was killed: to ${note.to}, at ${note.at}`,
  });
});

test.each([
  ['no JSON', 'moved'],
  ['half a note', JSON.stringify({ formatVersion: 1, status: 'done' })],
  ['a status of tomorrow', JSON.stringify({ formatVersion: 1, ...note, status: 'lent' })],
  ['a newer format', JSON.stringify({ formatVersion: 2, ...note })],
])('a note that holds %s is BAD_STATE: the state must not count by mistake', async (_what, text) => {
  const { place } = await localCase();
  const folder = await makeLocalFolder(place);
  await writeFile(join(folder, 'moved.json'), text);
  await expect(readMoved(filesOf(place))).rejects.toMatchObject({ code: 'BAD_STATE' });
});
