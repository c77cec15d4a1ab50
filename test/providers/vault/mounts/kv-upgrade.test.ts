import { expect, test } from 'vitest';
import { z } from 'zod';
import { conversion, onceConverted } from '../../../../src/providers/vault/mounts/kv-upgrade.ts';
import { clientOf, stubServer } from '../stub-server.ts';

const upgrading = {
  status: 400,
  body: {
    errors: ['Upgrading from non-versioned to versioned data. This backend will be unavailable for a brief period'],
  },
};
const settings = { status: 200, body: { data: { max_versions: 0 } } };

test('a mount has settled once Vault says no more that it converts it', async () => {
  let answer: typeof upgrading | typeof settings = upgrading;
  const { address } = await stubServer(() => answer);
  const client = await clientOf(address);
  expect(await conversion(client, 'secret')).toEqual({
    state: 'waiting',
    because: 'Vault converts secret to version 2',
  });
  answer = settings;
  expect(await conversion(client, 'secret')).toEqual({ state: 'done' });
});

test('anything else that Vault says ends the wait', async () => {
  const { address } = await stubServer(() => ({
    status: 403,
    body: { errors: ['1 error occurred:\n\t* permission denied\n\n'] },
  }));
  await expect(conversion(await clientOf(address), 'secret')).rejects.toMatchObject({ code: 'DENIED' });
});

test('what lies in it has no answer until then, and says after what there will be one', async () => {
  const { address } = await stubServer(() => upgrading);
  const client = await clientOf(address);
  const asked = client.lookUp(['secret', 'x'], {}, z.unknown());
  await expect(onceConverted('secret', asked)).rejects.toMatchObject({
    code: 'NOT_SETTLED',
    detail: { until: 'vault.mount/secret' },
  });
});
