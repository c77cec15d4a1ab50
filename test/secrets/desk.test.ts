import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import type { SecretDesk } from '../../src/engine/world.ts';
import { secretDesk } from '../../src/secrets/desk.ts';
import { type FingerprintKey, keyOfBytes } from '../../src/secrets/fingerprint.ts';
import { redactor } from '../../src/secrets/redaction.ts';
import { reveal, secret } from '../../src/secrets/secret.ts';
import { fromSource, type Source } from '../../src/secrets/source.ts';

const sourcedFrom = (source: Source) =>
  fromSource({ source, onMissingSource: 'keep', onExternalChange: 'keep', at: 'lab.yaml:7:3' });

const deskWith = (key: FingerprintKey | undefined) => {
  const net = redactor();
  const desk = secretDesk({ env: { TOKEN: 'hunter42' }, folder: tmpdir(), key, redactor: net });
  // What the engine takes.
  const taken: SecretDesk = desk;
  return { desk, taken, net };
};

test('a value that was resolved is hidden in every text from then on', async () => {
  const { taken, net } = deskWith(undefined);
  expect(net.redact('hunter42')).toBe('hunter42');
  const value = await taken.resolve(sourcedFrom({ from: 'env', name: 'TOKEN' }));
  expect(value === undefined ? undefined : reveal(value)).toBe('hunter42');
  expect(net.redact('hunter42')).toBe('(secret)');
});

test('a login that is read is hidden as well', async () => {
  const { desk, net } = deskWith(undefined);
  await desk.read({ from: 'env', name: 'TOKEN' });
  expect(net.redact('hunter42')).toBe('(secret)');
});

test('a source without a value has none', async () => {
  expect(await deskWith(undefined).taken.resolve(sourcedFrom({ from: 'env', name: 'OTHER' }))).toBeUndefined();
});

test('a broken source is reported at the line that names it', async () => {
  const refused = deskWith(undefined).taken.resolve(sourcedFrom({ from: 'file', path: '../x' }));
  await expect(refused).rejects.toMatchObject({
    code: 'GUARD',
    detail: { at: 'lab.yaml:7:3', next: expect.any(String) },
  });
});

test('with a key, fingerprints of the same value in the same place are equal and known', () => {
  const { taken } = deskWith(keyOfBytes(Buffer.alloc(32, 1)));
  const print = (value: string, field = 'data.a') =>
    taken.fingerprint('inst', 'vault.kv-secret/x', field, secret(value));
  expect(print('one')).toBe(print('one'));
  expect(print('one')).not.toBe(print('two'));
  expect(print('one')).not.toBe(print('one', 'data.b'));
  expect(taken.knowsKey(print('one'))).toBe(true);
  const other = deskWith(keyOfBytes(Buffer.alloc(32, 2))).taken;
  expect(other.knowsKey(print('one'))).toBe(false);
});

test('without a key, a fingerprint says nothing of its value and no fingerprint is known', () => {
  const { taken } = deskWith(undefined);
  const print = (value: string) => taken.fingerprint('inst', 'vault.kv-secret/x', 'data.a', secret(value));
  expect(print('one')).toBe(print('two'));
  expect(taken.knowsKey(print('one'))).toBe(false);
});
