import { expect, test } from 'vitest';
import { sharedQuestion } from '../../../src/providers/vault/shared-question.ts';

const counting = () => {
  let asked = 0;
  return async () => ++asked;
};

test('those who ask while the answer is on its way share it', async () => {
  const question = sharedQuestion(counting(), 0);
  expect(await Promise.all([question.ask(), question.ask(), question.ask()])).toEqual([1, 1, 1]);
});

test('an answer that may be kept is kept', async () => {
  const question = sharedQuestion(counting());
  await question.ask();
  expect(await question.ask()).toBe(1);
});

test('an answer is asked for again once its time is over', async () => {
  const question = sharedQuestion(counting(), 0);
  await question.ask();
  expect(await question.ask()).toBe(2);
});

test('what was forgotten is asked again, also while the old answer is on its way', async () => {
  const question = sharedQuestion(counting());
  const old = question.ask();
  question.forget();
  expect([await question.ask(), await old]).toEqual([2, 1]);
});

test('a hundred who ask at once fail once', async () => {
  let asked = 0;
  const question = sharedQuestion(async () => {
    asked += 1;
    throw new Error('no');
  });
  const all = await Promise.allSettled(Array.from({ length: 100 }, () => question.ask()));
  expect(all.every(({ status }) => status === 'rejected')).toBe(true);
  await expect(question.ask()).rejects.toThrow('no');
  expect(asked).toBe(1);
});
