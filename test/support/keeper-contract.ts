import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Keeper } from '../../src/engine/ports.ts';
import { newKey } from '../../src/secrets/fingerprint-key.ts';
import { reveal, secret } from '../../src/secrets/secret.ts';
import { keyInStore } from '../../src/state/key-home.ts';

/** What every place must do that keeps parts of an escrow. */
export const describeKeeper = (name: string, open: (readOnly: boolean) => Promise<Keeper>): void => {
  describe(`${name} keeps an escrow`, () => {
    let keeper: Keeper;
    const entry = `lab-vault-test-${randomBytes(4).toString('hex')}-key`;
    const kept = async () => (await keeper.read(entry)).map(reveal);
    beforeAll(async () => {
      keeper = await open(false);
    });

    test('nothing lies under a name that is free', async () => {
      expect(await kept()).toEqual([]);
    });

    test('what is written is read back as it was, line breaks and all', async () => {
      expect(await keeper.create(entry, secret('-----BEGIN KEY-----\nÄ"\n'))).toBe(true);
      expect(await kept()).toEqual(['-----BEGIN KEY-----\nÄ"\n']);
    });

    test('a second value of the name is refused, and the first one stays', async () => {
      expect(await keeper.create(entry, secret('another'))).toBe(false);
      expect(await kept()).toEqual(['-----BEGIN KEY-----\nÄ"\n']);
    });

    test('who may only read reads it, and writes nothing', async () => {
      const reading = await open(true);
      expect((await reading.read(entry)).map(reveal)).toEqual(['-----BEGIN KEY-----\nÄ"\n']);
      await expect(reading.create(`${entry}-2`, secret('x'))).rejects.toMatchObject({ code: 'GUARD' });
      await expect(reading.remove(entry)).rejects.toMatchObject({ code: 'GUARD' });
    });

    test('it says where it is, and as whom it is asked', async () => {
      expect(await keeper.describe()).toMatch(/.+, .+/);
    });

    test('the key of the fingerprints is made once: who comes later gets that of the first', async () => {
      const home = keyInStore(keeper, `${entry}-fingerprints`);
      expect(await home.read()).toBeUndefined();
      const first = reveal(await home.keep(newKey()));
      expect(reveal(await keyInStore(await open(false), `${entry}-fingerprints`).keep(newKey()))).toBe(first);
      await keeper.remove(`${entry}-fingerprints`);
    });

    test('what is removed is gone, and removed twice is no error', async () => {
      await keeper.remove(entry);
      await keeper.remove(entry);
      await expect.poll(kept, { timeout: 10_000 }).toEqual([]);
    });
  });
};

/** The keeper of a connection. */
export const keeperOf = (
  { offers }: { readonly offers: { readonly keeper?: (place: string) => Keeper } },
  place: string,
): Keeper => {
  if (offers.keeper === undefined) throw new Error('the connection offers no keeper');
  return offers.keeper(place);
};
