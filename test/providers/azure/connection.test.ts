import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { azure } from '../../../src/providers/azure/index.ts';
import { bearerOf } from '../../../src/providers/azure/login/credential.ts';
import { openLogin } from '../../../src/providers/azure/login/login.ts';
import { openWire } from '../../../src/providers/azure/wire.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { standIn } from '../../../src/secrets/stand-in.ts';
import { configFor, connect, contextFor, principals, sandbox, tenant, vault } from './sandbox.ts';
import { stubVault } from './stub-vault.ts';

describe('a connection', () => {
  test('is of the tenant that its first vault names, and says who and where it is', async () => {
    const box = await sandbox();
    const connection = await connect(box, { config: { tenant: undefined } });
    expect(await connection.scope()).toBe(tenant);
    expect(await connection.describe()).toBe(
      `azure ${tenant} as service principal ${principals.officer.clientId}, dialled at 127.0.0.1:${box.port}`,
    );
  });

  test('is refused where the first vault is of another tenant, before anything is read', async () => {
    const connection = await connect(await sandbox(), { config: { tenant: '7c1e0000-0000-0000-0000-00000000000f' } });
    await expect(connection.scope()).rejects.toMatchObject({ code: 'GUARD' });
    await expect(connection.describe()).resolves.toContain('azure 7c1e0000-0000-0000-0000-00000000000f');
  });

  test('has its stated tenant while the first vault does not answer', async () => {
    const box = await sandbox();
    const connection = await connect(box, { config: { vaults: ['not-there'] } });
    expect(await connection.scope()).toBe(tenant);
  });

  test('needs the secret of its service principal, and says where that was looked for', async () => {
    const connection = await connect(await sandbox(), { resolve: async () => undefined });
    await expect(connection.scope()).rejects.toMatchObject({
      code: 'MISSING_SOURCE',
      message: 'The login to Azure needs a client secret, and env AZURE_SECRET has none',
    });
  });

  test('with the wrong secret is told so in the words of the login', async () => {
    const connection = await connect(await sandbox(), { resolve: async () => secret('wrong') });
    await expect(connection.scope()).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringMatching(/AADSTS7000215: Invalid client secret provided\..*'\.$/),
      detail: { next: 'Give the value of the client secret, not its id.' },
    });
  });

  test('has no other gates and no other kinds', async () => {
    const connection = await connect(await sandbox());
    expect(await connection.gate('azure.x')).toMatchObject({ state: 'broken' });
    expect(() => connection.kind('azure.storage-account')).toThrow(TypeError);
  });
});

const signal = new AbortController().signal;

describe('the login', () => {
  test('never sends a stand-in of the sandbox to the real Azure', async () => {
    const wire = openWire({ loopback: undefined, env: {}, signal });
    onTestFinished(() => wire.close());
    const credential = { type: 'service-principal', clientId: 'x', clientSecret: { from: 'env', name: 'S' } } as const;
    const resolve = async () => standIn('seed', 'env S');
    const login = openLogin({ config: { credential }, wire, resolve, signal });
    const token = login
      .credentialFor(() => undefined)
      .getToken('https://vault.azure.net/.default', { tenantId: tenant });
    await expect(token).rejects.toMatchObject({ code: 'GUARD', message: /client secret is a stand-in/ });
  });

  test('of whoever is logged in here is told apart from a refusal of Azure', async () => {
    vi.stubEnv('AZURE_TOKEN_CREDENTIALS', 'EnvironmentCredential');
    for (const name of ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET']) vi.stubEnv(name, undefined);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const { loopback } = await stubVault();
    const wire = openWire({ loopback, env: {}, signal });
    onTestFinished(() => wire.close());
    const resolve = async () => undefined;
    const login = openLogin({ config: { credential: { type: 'ambient' } }, wire, resolve, signal });
    expect(login.who()).toBe('whoever is logged in here');
    const token = login
      .credentialFor(() => undefined)
      .getToken('https://vault.azure.net/.default', { tenantId: tenant });
    await expect(token).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      detail: { next: `Log in with: az login --tenant ${tenant}` },
    });
  });
});

test.each([
  [{ unique_name: 'ci@example.org', appid: '1' }, 'user ci@example.org'],
  [{ upn: 'ci@example.org' }, 'user ci@example.org'],
  [{ appid: '0f00', oid: '1' }, 'service principal 0f00'],
  [{ oid: '1' }, undefined],
  ['text', undefined],
])('the token of an ambient login with the claims %j is that of %s', (claims, who) => {
  const token = ['{}', JSON.stringify(claims), ''].map((part) => Buffer.from(part).toString('base64url')).join('.');
  expect(bearerOf(token)).toBe(who);
  expect(bearerOf('opaque')).toBeUndefined();
});

test('a proxy of the environment is used for the real hosts and shown without its password', async () => {
  const asked: (string | undefined)[] = [];
  const proxy = createServer().on('connect', ({ url }, socket) => {
    asked.push(url);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    proxy.close();
  });
  const bound = proxy.address();
  const port = typeof bound === 'object' ? bound?.port : undefined;
  const { loopback: _, ...config } = configFor(await sandbox());
  const env = { HTTPS_PROXY: `http://user:pass@127.0.0.1:${port}` };
  const connection = await azure.connect(config, contextFor('officer', { env }));
  onTestFinished(() => connection.close());
  await expect(connection.kind('azure.key-vault-secret').read([vault, 'a'], {})).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: `${vault}.vault.azure.net cannot be reached (ERR_PROXY_TUNNEL)`,
  });
  expect(new Set(asked)).toEqual(new Set([`${vault}.vault.azure.net:443`]));
  expect(await connection.describe()).toMatch(new RegExp(`, through the proxy http://127\\.0\\.0\\.1:${port}$`));
});

// The SDK's own log goes to stderr where AZURE_LOG_LEVEL or DEBUG ask for it.
test('the log of the SDK shows no secret, no token and no credential', async () => {
  const box = await sandbox();
  const script = `
    const { azure } = await import(${JSON.stringify(join(import.meta.dirname, '../../../src/providers/azure/index.ts'))});
    const { secret } = await import(${JSON.stringify(join(import.meta.dirname, '../../../src/secrets/secret.ts'))});
    const context = { readOnly: false, ports: {}, env: {}, signal: new AbortController().signal };
    const resolve = async () => secret(${JSON.stringify(principals.officer.clientSecret)});
    const connection = await azure.connect(JSON.parse(process.argv[1]), { ...context, resolve });
    const kind = connection.kind('azure.key-vault-secret');
    const id = [${JSON.stringify(vault)}, 'logged'];
    const request = { id, mark: 'a/b/c', fingerprints: { value: 'v1:x:y' }, removed: [], live: { exists: 'no' } };
    await kind.write({ ...request, spec: { value: secret('hunter22-hunter') } });
    await kind.read(id, {});
    await kind.remove(id);
    await connection.close();
  `;
  const env = { ...process.env, AZURE_LOG_LEVEL: 'verbose', DEBUG: '*' };
  const args = ['--input-type=module', '-e', script, JSON.stringify(configFor(box))];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env });
  expect(stderr).toMatch(/azure:/);
  for (const shown of [stdout, stderr]) {
    expect(shown).not.toMatch(/hunter22|sandbox-[\w-]{20}/);
    expect(shown).not.toContain(principals.officer.clientSecret);
  }
});
