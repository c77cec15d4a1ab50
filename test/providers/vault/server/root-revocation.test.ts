import { expect, test } from 'vitest';
import { rootRevocation } from '../../../../src/providers/vault/server/root-revocation.ts';
import { clientOf, stubServer } from '../stub-server.ts';

// As both products answer for a token that is being revoked: denied, and in the list no longer.
const denied = { status: 403, body: { errors: ['1 error occurred:\n\t* permission denied\n\n'] } };

const probesWhere = async (lists: readonly (readonly string[])[]) => {
  let asked = 0;
  const { address } = await stubServer(({ url }) => {
    if (!url.includes('accessors')) return denied;
    asked += 1;
    return { status: 200, body: { data: { keys: lists[asked - 1] } } };
  });
  const client = await clientOf(address);
  return rootRevocation.bind({ ...client, ownLogin: () => client }).verify(['main'], { manages: {} });
};

test('a token that goes while others are looked at is no other root token', async () => {
  expect(await probesWhere([['going'], []])).toEqual([{ is: 'proven', check: 'no other root token' }]);
});

test('a token that stays and may not be looked at leaves it unproven', async () => {
  expect(await probesWhere([['staying'], ['staying']])).toMatchObject([{ is: 'untried' }]);
});
