import { afterAll, beforeAll, expect, test } from 'vitest';
import { azure } from '../../../src/providers/azure/index.ts';
import { type AzureSandbox, startAzureSandbox } from '../../../src/sandbox/azure/start.ts';
import { reveal, secret } from '../../../src/secrets/secret.ts';
import { describeKeeper, keeperOf } from '../../support/keeper-contract.ts';
import { describeMailbox, mailboxOf } from '../../support/mailbox-contract.ts';
import { describeValue } from '../../support/value-contract.ts';
import { configFor, contextFor, principals, tenant, vault } from './sandbox.ts';
import { stranger } from './stranger.ts';

let box: AzureSandbox;
beforeAll(async () => {
  box = await startAzureSandbox({
    tenant,
    vaults: [vault],
    principal: (id) => Object.values(principals).find(({ clientId }) => clientId === id),
  });
});
afterAll(() => box.stop());

const open = async (readOnly = false) =>
  keeperOf(await azure.connect(configFor(box), contextFor('officer', { readOnly })), vault);

describeKeeper('a key vault', open);

describeMailbox('a key vault', () => ({
  open: async (name) => mailboxOf(await azure.connect(configFor(box), contextFor('officer')), vault, name),
  overwrite: async (name, value) => {
    await stranger(box).setSecret(name, value);
  },
}));

describeValue('a secret of a key vault', () => ({
  kind: 'azure.key-vault-secret',
  connect: async () => azure.connect(configFor(box), contextFor('officer', { readOnly: true })),
  idOf: (name) => [vault, name],
  put: async (name, properties) => {
    await stranger(box).setSecret(name, JSON.stringify(properties));
  },
}));

// Azure has no create-if-absent: both find nothing, and both write.
test('two who write at once leave two values, and everybody reads both, the oldest first', async () => {
  const [one, two] = await Promise.all([open(), open()]);
  await Promise.all([one.create('lab-race', secret('a')), two.create('lab-race', secret('b'))]);
  const seen = (await one.read('lab-race')).map(reveal);
  expect(seen.toSorted()).toEqual(['a', 'b']);
  expect((await two.read('lab-race')).map(reveal)).toEqual(seen);
  expect(await one.create('lab-race', secret('c'))).toBe(false);
});
