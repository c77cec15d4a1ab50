import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scenarios as ofKubernetes } from '../sandbox/kubernetes/scenarios/all.ts';
import { scenarios as ofVault } from '../sandbox/vault/scenarios/all.ts';

const expected = {
  kubernetes: Object.keys(ofKubernetes),
  vault: [...Object.keys(ofVault), 'lifecycle', 'init-keys', 'new-shares'],
};

const forbidden: readonly (readonly [string, RegExp])[] = [
  ['a token of Vault', /\bhv[sbr]\.[\w-]{8,}/],
  ['a JSON web token', /\beyJ[\w-]{8,}\.[\w-]{8,}/],
  ['a PEM block', /-----BEGIN /],
  ['a key in base64', /(?<![\w+/])(?=[\w+/]*[a-z])(?=[\w+/]*[A-Z])(?=[\w+/]*\d)[\w+/]{43,}=*/],
  ['a key in hexadecimal', /\b[0-9a-f]{60,}\b/],
  ['a port of this run', /(127\.0\.0\.1|localhost):\d{4,}/],
  ['a time', /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+/],
];

const folderOfMachine = /(?<![\w.])\/(home|root|tmp|Users)\//;

const answersOf = (recording: string): string =>
  recording
    .split('\n')
    .filter((line) => line.startsWith('< '))
    .join('\n');

describe.each(Object.entries(expected))('the recordings of %s', (server, scenarios) => {
  const folder = new URL(`./${server}/`, import.meta.url);

  test('are those of the scenarios, and no others', async () => {
    const names = (await readdir(folder)).map((file) => basename(file, '.txt'));
    expect(names.toSorted()).toEqual(scenarios.toSorted());
  });

  test.each(scenarios)('hold no secret and nothing of the machine: %s', async (name) => {
    const text = await readFile(new URL(`${name}.txt`, folder), 'utf8');
    const found = forbidden.filter(([, pattern]) => pattern.test(answersOf(text))).map(([what]) => what);
    expect(found).toEqual([]);
    expect(text).not.toContain(process.cwd());
    expect(text).not.toMatch(folderOfMachine);
  });
});

test.each([
  ['a token of Vault', 'hvs.CAESIJabcdefgh'],
  ['a key in base64', 'rKNv1RLDQtRXXArGlxRWB4ag15pcIym0b5VQG1IIWcnb'],
  ['a PEM block', '-----BEGIN PRIVATE KEY-----'],
  ['a port of this run', 'https://127.0.0.1:4711'],
])('%s would be found', (what, text) => {
  expect(forbidden.filter(([, pattern]) => pattern.test(text)).map(([name]) => name)).toContain(what);
});
