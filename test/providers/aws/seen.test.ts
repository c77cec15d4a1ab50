import { expect, test } from 'vitest';
import { untilSeen } from '../../../src/providers/aws/iam/seen.ts';

test('what IAM does not show yet is waited for, said, and no longer once it is to stop', async () => {
  const stop = new AbortController();
  const said: string[] = [];
  const looking = untilSeen(
    { stopping: stop.signal },
    'the role eso',
    (because) => {
      said.push(because);
      if (said.length === 2) stop.abort();
    },
    async () => false,
  );
  await expect(looking).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(said).toEqual(Array.from({ length: 2 }, () => expect.stringContaining('the role eso')));
});

test('what it shows at once is not waited for, though it is to stop', async () => {
  const stopping = AbortSignal.abort();
  await expect(untilSeen({ stopping }, 'the role eso', undefined, async () => true)).resolves.toBeUndefined();
});
