import { expect, test } from 'vitest';
import { openTypedShares } from '../../../../src/providers/vault/server/typed-shares.ts';

const asking = (...answers: readonly (string | undefined)[]) => {
  const asked: string[] = [];
  const given: Buffer[] = [];
  const prompt = async (question: string) => {
    const answer = answers[asked.push(question) - 1];
    if (answer === undefined) return undefined;
    const typed = Buffer.from(answer);
    given.push(typed);
    return typed;
  };
  return { asked, given, typed: openTypedShares(prompt, 'https://v:8200') };
};

const first = (letter: string): string => letter.repeat(66);

test('a share is asked for once, and each server gets it', async () => {
  const { asked, typed } = asking(first('a'), first('b'), '');
  const taken = async () => {
    const shares: string[] = [];
    for await (const share of typed.of(1)) shares.push(share.typed.toString());
    return shares;
  };
  expect(await Promise.all([taken(), taken(), taken()])).toEqual([1, 2, 3].map(() => [first('a'), first('b')]));
  expect(asked).toHaveLength(3);
});

test('another attempt asks anew', async () => {
  const { asked, typed } = asking(first('a'), first('b'));
  expect((await typed.of(1).next()).value?.typed.toString()).toBe(first('a'));
  expect((await typed.of(2).next()).value?.typed.toString()).toBe(first('b'));
  expect(asked).toHaveLength(2);
});

test.each(['no share', '","reset":true,"key":"', 'short'])('what is no share is asked for again: %s', async (wrong) => {
  const { asked, typed } = asking(wrong, first('c'));
  expect((await typed.of(1).next()).value?.typed.toString()).toBe(first('c'));
  expect(asked).toEqual([expect.stringMatching(/^A share/), expect.stringMatching(/^That is no share/)]);
});

test('what was typed is wiped', async () => {
  const { given, typed } = asking(first('a'), undefined);
  for await (const share of typed.of(1)) share.typed.fill(0);
  typed.wipe();
  expect(given.every((bytes) => bytes.every((byte) => byte === 0))).toBe(true);
});

test('without a terminal it says what to do', async () => {
  await expect(openTypedShares(undefined, 'https://v:8200').of(1).next()).rejects.toMatchObject({
    code: 'NOT_SETTLED',
    detail: { next: expect.stringContaining('vault operator unseal') },
  });
});
