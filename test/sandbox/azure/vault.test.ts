import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { askToken, caller, clientId, clientSecret, sandbox, sdk, send, tenant } from './sandbox.ts';

const vaultUrl = 'https://myvault.vault.azure.net';

describe('who calls', () => {
  test('without a token is told where to get one, whatever was asked', async () => {
    const box = await sandbox();
    for (const [method, path] of [
      ['GET', '/secrets/a/'],
      ['PUT', '/secrets/'],
      ['OPTIONS', '/elsewhere'],
    ] as const) {
      expect(await send(box, method, vaultUrl + path)).toMatchObject({
        status: 401,
        headers: {
          'www-authenticate': `Bearer authorization="https://login.microsoftonline.com/${tenant}", resource="https://vault.azure.net"`,
        },
        body: { error: { code: 'Unauthorized', message: 'AKV10000: Request is missing a Bearer or PoP token.' } },
      });
    }
  });

  test.each(['sandbox-forged', 'eyJhbGciOiJub25lIn0.e30.'])(
    'with the token %s, which was never issued, is refused',
    async (token) => {
      const headers = { authorization: `Bearer ${token}` };
      const url = `${vaultUrl}/secrets?api-version=7.4`;
      expect(await send(await sandbox(), 'GET', url, { headers })).toMatchObject({ status: 401 });
    },
  );

  test('with a token of another sandbox, or for something else, is refused', async () => {
    const box = await sandbox();
    const token = async (...given: Parameters<typeof askToken>): Promise<string> =>
      z.object({ access_token: z.string() }).parse((await askToken(...given)).body).access_token;
    const foreign = await token(await sandbox());
    const wrong = await token(box, { scope: 'https://management.azure.com/.default' });
    for (const each of [foreign, wrong]) {
      const headers = { authorization: `Bearer ${each}` };
      expect(await send(box, 'GET', `${vaultUrl}/secrets?api-version=7.4`, { headers })).toMatchObject({ status: 401 });
    }
  });

  test('is held against their role in the vault', async () => {
    const principal = () => ({ clientId, clientSecret, roles: { myvault: 'Secrets User', other: 'Reader' } as const });
    const box = await sandbox({ principal });
    await expect(sdk(box).setSecret('a', 'x')).rejects.toMatchObject({ statusCode: 403, code: 'Forbidden' });
    await expect(sdk(box).getSecret('a')).rejects.toMatchObject({ statusCode: 404 });
    await expect(sdk(box, 'other').getSecret('a')).rejects.toMatchObject({
      statusCode: 403,
      message: expect.stringContaining("Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'\r\n"),
      details: { error: { innerError: { code: 'ForbiddenByRbac' } } },
    });
    expect(await sdk(box, 'other').listPropertiesOfSecrets().next()).toMatchObject({ done: true });
  });
});

describe('a request', () => {
  test.each([
    ['GET', '/secrets/a_b/', 400, 'BadParameter'],
    ['PUT', '/secrets/a%2Fb', 405, 'MethodNotAllowed'],
    ['PUT', '/secrets/', 405, 'MethodNotAllowed'],
    ['POST', '/secrets/a/backup', 405, 'MethodNotAllowed'],
    ['GET', '/secrets?maxresults=26', 400, 'BadParameter'],
    ['GET', '/secrets/%zz/', 405, 'MethodNotAllowed'],
    ['GET', '/secrets/constructor/', 404, 'SecretNotFound'],
  ])('%s %s is answered %i %s', async (method, path, status, code) => {
    const call = await caller(await sandbox());
    expect(await call(method, path)).toMatchObject({ status, body: { error: { code } } });
  });

  test.each([
    [{}, 'value'],
    [{ value: 7 }, 'value'],
    [{ value: 'x'.repeat(25 * 1024 + 1) }, 'longer than 25 KB'],
    [{ value: 'x', tags: Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`t${at}`, 'x'])) }, '15 tags'],
    [{ value: 'x', tags: { a: 'x'.repeat(257) } }, 'tag is too long'],
    [{ value: 'x', attributes: { enabled: 'yes' } }, 'enabled'],
  ])('with the body %j is refused', async (body, message) => {
    const call = await caller(await sandbox());
    expect(await call('PUT', '/secrets/a', body)).toMatchObject({
      status: 400,
      body: { error: { code: 'BadParameter', message: expect.stringContaining(message) } },
    });
  });

  test.each(['', '?api-version=1.0'])('needs a version of the API that there is: %j', async (query) => {
    const box = await sandbox();
    const { access_token: token } = z.object({ access_token: z.string() }).parse((await askToken(box)).body);
    const headers = { authorization: `Bearer ${token}` };
    expect(await send(box, 'GET', `${vaultUrl}/secrets${query}`, { headers })).toMatchObject({ status: 400 });
  });

  test('is answered with the headers of the service', async () => {
    const call = await caller(await sandbox());
    expect((await call('GET', '/secrets')).headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-cache',
      'x-ms-request-id': expect.any(String),
      'x-ms-keyvault-region': 'sandbox',
      'x-ms-keyvault-service-version': expect.any(String),
    });
  });

  test('to a vault that is not there finds none', async () => {
    const call = await caller(await sandbox(), 'missing');
    expect(await call('GET', '/secrets')).toMatchObject({ status: 404, body: { error: { code: 'ResourceNotFound' } } });
  });
});

test('vaults keep apart', async () => {
  const box = await sandbox();
  await sdk(box).setSecret('a', 'here');
  await expect(sdk(box, 'other').getSecret('a')).rejects.toMatchObject({ statusCode: 404 });
});

test('what it holds lasts in a file for its user alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lab-azure-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'deep', 'azure.json');
  const first = await sandbox({ file });
  await sdk(first).setSecret('Kept', 'value', { tags: { a: 'b' } });
  await first.stop();
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(file, 'utf8'))).toHaveProperty('vaults.myvault.kept');
  const second = await sandbox({ file });
  expect(await sdk(second).getSecret('kept')).toMatchObject({ value: 'value', properties: { tags: { a: 'b' } } });
});
