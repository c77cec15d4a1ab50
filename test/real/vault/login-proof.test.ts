import { expect, test } from 'vitest';
import { connectFor, stranger, uniqueName } from './server.ts';

const approle = async (role: object): Promise<string> => {
  const mount = uniqueName('approle');
  await stranger('POST', `sys/auth/${mount}`, { type: 'approle' });
  await stranger('POST', `auth/${mount}/role/ci`, { token_policies: ['ci'], ...role });
  return mount;
};

const proofOf = async (mount: string, spec = { policies: ['ci'] }) =>
  (await connectFor()).kind('vault.approle-role').verify([mount, 'ci'], spec);

const secretIds = async (mount: string): Promise<number> =>
  (await stranger('GET', `auth/${mount}/role/ci/secret-id?list=true`)).body.data?.keys.length ?? 0;

const tokensFrom = async (mount: string): Promise<readonly string[]> => {
  const { body } = await stranger('GET', 'auth/token/accessors?list=true');
  const accessors: readonly string[] = body.data.keys;
  const looked = await Promise.all(
    accessors.map((accessor) => stranger('POST', 'auth/token/lookup-accessor', { accessor })),
  );
  return looked.flatMap((found) => (found.body.data?.path === `auth/${mount}/login` ? [found.body.data.accessor] : []));
};

test('a new SecretID logs in with the policies of the role, and nothing of it is left', async () => {
  const mount = await approle({});
  expect(await proofOf(mount)).toEqual([{ is: 'proven', check: 'login: a new SecretID, with ci' }]);
  expect(await secretIds(mount)).toBe(0);
  expect(await tokensFrom(mount)).toEqual([]);
});

test('a token that may not even end itself is ended for it', async () => {
  const mount = await approle({ token_no_default_policy: true });
  expect(await proofOf(mount)).toMatchObject([{ is: 'proven' }]);
  expect(await tokensFrom(mount)).toEqual([]);
});

test('a policy that the token is without is named', async () => {
  const mount = await approle({});
  expect(await proofOf(mount, { policies: ['ci', 'deploy'] })).toEqual([
    { is: 'failed', check: 'login: a new SecretID', expected: 'policies ci, deploy', found: 'without deploy' },
  ]);
});

test('who is not let in is told why, and the SecretID goes', async () => {
  const mount = await approle({ secret_id_bound_cidrs: ['10.0.0.0/8'] });
  expect(await proofOf(mount)).toMatchObject([
    { is: 'failed', expected: 'is let in', found: expect.stringContaining('does not let a new SecretID of ci in') },
  ]);
  expect(await secretIds(mount)).toBe(0);
});
