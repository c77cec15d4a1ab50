import { beforeAll, expect, test } from 'vitest';
import { secret } from '../../../src/secrets/secret.ts';
import { describeKeeper, keeperOf } from '../../support/keeper-contract.ts';
import { describeMailbox, mailboxOf } from '../../support/mailbox-contract.ts';
import { describeValue } from '../../support/value-contract.ts';
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

describeValue('a Secret', () => ({
  kind: 'kubernetes.secret',
  connect: () => connect({ readOnly: true }),
  idOf: (name) => [namespace, name],
  put: async (name, properties) => {
    const data = Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    );
    await (await stranger())('POST', `/api/v1/namespaces/${namespace}/secrets`, { metadata: { name }, data });
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

test('a service account that has no right there is refused; one that has is told of, whether it is there or not', async () => {
  const someone = await stranger();
  const keeper = keeperOf(await connect(), namespace);
  await keeper.create('shares', secret('x'));
  for (const name of ['without', 'with']) {
    await someone('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
  }
  const api = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  await someone('POST', `${api}/roles`, {
    metadata: { name: 'reader' },
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
  });
  await someone('POST', `${api}/rolebindings`, {
    metadata: { name: 'reader' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'with', namespace }],
  });
  const as = (name: string) => ({ namespace, name });
  expect(await keeper.trespass('shares', as('without'))).toMatchObject({
    is: 'refused',
    found: expect.stringContaining('forbidden'),
  });
  for (const name of ['shares', 'not-there']) {
    await expect
      .poll(() => keeper.trespass(name, as('with')), { timeout: 10_000 })
      .toEqual({ is: 'allowed', found: `may read ${namespace}/${name}` });
  }
  await expect(keeper.trespass('shares', as('nobody'))).rejects.toMatchObject({ code: 'REJECTED' });
});
