import { expect, test } from 'vitest';
import { databaseConnection } from '../../../../src/providers/vault/database/connection.ts';
import { clientOf, stubServer } from '../stub-server.ts';

// A Vault before 1.21, or an OpenBao, as their documentation has it: no `verify_connection` in the answer.
const older = {
  plugin_name: 'postgresql-database-plugin',
  allowed_roles: ['*'],
  root_credentials_rotate_statements: [],
  connection_details: { connection_url: 'postgresql://{{username}}:{{password}}@db/app', username: 'vault' },
};

test('a server that does not show whether it verifies is taken to do what was asked', async () => {
  const { address } = await stubServer(() => ({ status: 200, body: { data: older } }));
  const kind = databaseConnection.bind(await clientOf(address));
  for (const verify of [true, false]) {
    expect(await kind.read(['db', 'app'], { verify })).toMatchObject({ exists: 'yes', spec: { verify } });
  }
  expect(await kind.read(['db', 'app'], {})).not.toHaveProperty('spec.verify');
});

test('an answer without a lease is no credential', async () => {
  const { address } = await stubServer(() => ({ status: 200, body: { data: { username: 'u', password: 'p' } } }));
  await expect((await clientOf(address)).issue(['db', 'creds', 'app'])).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: expect.not.stringContaining('"p"'),
  });
});
