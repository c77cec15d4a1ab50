import { expect, test } from 'vitest';
import { untilUpgraded } from '../../../../src/providers/vault/mounts/kv-upgrade.ts';
import { clientOf, stubServer } from '../stub-server.ts';

const upgrading = {
  status: 400,
  body: {
    errors: ['Upgrading from non-versioned to versioned data. This backend will be unavailable for a brief period'],
  },
};

test('an upgrade is waited for as long as Vault says that it is under way, and people are told', async () => {
  const { address, received } = await stubServer((_call, index) =>
    index < 5 ? upgrading : { status: 200, body: { data: { max_versions: 0 } } },
  );
  const told: string[] = [];
  await untilUpgraded(await clientOf(address), 'secret', (because) => told.push(because));
  expect(new Set(told)).toEqual(new Set(['Vault converts secret to version 2']));
  expect(received).toHaveLength(6);
});

test('anything else that Vault says ends the wait', async () => {
  const { address } = await stubServer(() => ({ status: 403, body: { errors: ['permission denied'] } }));
  await expect(untilUpgraded(await clientOf(address), 'secret')).rejects.toMatchObject({ code: 'DENIED' });
});
