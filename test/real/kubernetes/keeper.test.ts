import { beforeAll, expect, test } from 'vitest';
import { secret } from '../../../src/secrets/secret.ts';
import { describeKeeper, keeperOf } from '../../support/keeper-contract.ts';
import { describeMailbox, mailboxOf } from '../../support/mailbox-contract.ts';
import { connect, isThere, stranger, uniqueName } from './cluster.ts';

const namespace = uniqueName('keeper');

beforeAll(async () => {
  await (await stranger())('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
});

describeKeeper('a namespace', async (readOnly) => keeperOf(await connect({ readOnly }), namespace));

describeMailbox('a namespace', () => ({
  open: async (name) => mailboxOf(await connect(), namespace, name),
  overwrite: async (name, value) => {
    const someone = await stranger();
    const path = `/api/v1/namespaces/${namespace}/secrets`;
    const data = { value: Buffer.from(value).toString('base64') };
    if (await isThere(someone, `${path}/${name}`)) await someone('PATCH', `${path}/${name}`, { data });
    else await someone('POST', path, { metadata: { name }, data });
  },
}));

test('what somebody else put under its name is neither read nor replaced', async () => {
  const someone = await stranger();
  const data = { password: Buffer.from('hunter2').toString('base64') };
  await someone('POST', `/api/v1/namespaces/${namespace}/secrets`, { metadata: { name: 'theirs' }, data });
  const keeper = keeperOf(await connect(), namespace);
  await expect(keeper.read('theirs')).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await keeper.create('theirs', secret('ours'))).toBe(false);
});
