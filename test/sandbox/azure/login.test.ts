import { describe, expect, test } from 'vitest';
import { askToken, clientId, sandbox, sdk, send, tenant } from './sandbox.ts';

describe('the token endpoint', () => {
  test('gives a token of its own for every login', async () => {
    const box = await sandbox();
    const [one, two] = [await askToken(box), await askToken(box)];
    expect(one).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3599 } });
    expect(one.body).not.toEqual(two.body);
  });

  test('takes more scopes beside that of the vault, as External Secrets asks for them', async () => {
    const scope = 'https://vault.azure.net/.default openid offline_access profile';
    expect(await askToken(await sandbox(), { scope })).toMatchObject({ status: 200 });
  });

  test('answers the older clients of its first version in text', async () => {
    const box = await sandbox();
    const form = { resource: 'https://vault.azure.net', scope: '' };
    expect(await askToken(box, form, `/${tenant}/oauth2/token`)).toMatchObject({
      status: 200,
      body: { expires_in: '3599', resource: 'https://vault.azure.net', expires_on: expect.stringMatching(/^\d+$/) },
    });
  });

  test.each([
    [{ client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
    [{ client_id: 'nobody' }, 400, 'unauthorized_client', 700016],
    [{ client_assertion: 'x.y.z', client_secret: '' }, 401, 'invalid_client', 70025],
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
    [{ scope: 'openid' }, 400, 'invalid_scope', 70011],
  ])('refuses %j', async (form, status, error, code) => {
    expect(await askToken(await sandbox(), form)).toMatchObject({
      status,
      body: {
        error,
        error_codes: [code],
        error_description: expect.stringMatching(new RegExp(`^AADSTS${code}: .* Trace ID: .* Correlation ID: `)),
      },
    });
  });

  test('knows no other tenant', async () => {
    const path = '/7c1e0000-0000-0000-0000-00000000000f/oauth2/v2.0/token';
    expect(await askToken(await sandbox(), {}, path)).toMatchObject({ status: 400, body: { error_codes: [90002] } });
  });
});

test('discovery leads to the token endpoint under the name that was asked', async () => {
  const box = await sandbox();
  const origin = 'https://login.microsoftonline.com';
  expect(await send(box, 'GET', `${origin}/${tenant}/v2.0/.well-known/openid-configuration`)).toMatchObject({
    status: 200,
    body: { token_endpoint: `${origin}/${tenant}/oauth2/v2.0/token`, issuer: `${origin}/${tenant}/v2.0` },
  });
  const authorize = encodeURIComponent(`${origin}/${tenant}/oauth2/v2.0/authorize`);
  const instance = `${origin}/common/discovery/instance?api-version=1.1&authorization_endpoint=${authorize}`;
  expect(await send(box, 'GET', instance)).toMatchObject({
    status: 200,
    body: { tenant_discovery_endpoint: `${origin}/${tenant}/v2.0/.well-known/openid-configuration` },
  });
});

describe('a reading in the process', () => {
  const asked = {
    vault: 'MyVault',
    name: 'A',
    tenant,
    clientId,
    clientSecret: 'the-client-secret',
  };

  test('gets what the same login gets over the wire', async () => {
    const box = await sandbox();
    const { properties } = await sdk(box).setSecret('a', 'first');
    await sdk(box).setSecret('a', 'second');
    expect(await box.readSecret(asked)).toEqual({ is: 'value', value: 'second' });
    expect(await box.readSecret({ ...asked, version: properties.version ?? '' })).toEqual({
      is: 'value',
      value: 'first',
    });
  });

  test.each([
    [{ clientSecret: 'wrong' }, { by: 'login', status: 401, code: 'invalid_client' }],
    [{ tenant: 'other' }, { by: 'login', status: 400 }],
    [{ name: 'missing' }, { by: 'vault', status: 404, code: 'SecretNotFound' }],
    [{ vault: 'missing' }, { by: 'vault', status: 404, code: 'ResourceNotFound' }],
  ])('is refused alike: %j', async (changes, expected) => {
    const box = await sandbox();
    expect(await box.readSecret({ ...asked, ...changes })).toMatchObject({ is: 'refused', ...expected });
  });
});
