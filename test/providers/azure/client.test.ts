import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { secret } from '../../../src/secrets/secret.ts';
import { standIn } from '../../../src/secrets/stand-in.ts';
import { tenant, vault } from './sandbox.ts';
import { clientOf, secretsOf, stubVault } from './stub-vault.ts';

const host = `${vault}.vault.azure.net`;
const bundle = { value: 'x', id: `https://${host}/secrets/a/0123`, attributes: { enabled: true } };
const ok = { status: 200, json: bundle };
const refused = (status: number, code: string, inner?: string, message = 'no') => ({
  status,
  json: { error: { code, message, ...(inner === undefined ? {} : { innererror: { code: inner } }) } },
});

describe('the login', () => {
  test('happens once, and no secret goes out before the vault has said who it is', async () => {
    const stub = await stubVault({ reply: () => ok });
    const secrets = secretsOf(stub);
    await Promise.all(['a', 'b', 'c'].map((name) => secrets.set(name, secret(`value of ${name}`), {})));
    expect(stub.logins).toHaveLength(1);
    expect(stub.challenged.map(({ method, body }) => [method, body])).toEqual([['GET', '']]);
    expect(stub.calls.map(({ body }) => String(JSON.parse(body).value)).toSorted()).toEqual([
      'value of a',
      'value of b',
      'value of c',
    ]);
  });

  test('asks the tenant that the vault names, with the secret of the service principal', async () => {
    const stub = await stubVault();
    await secretsOf(stub).versions('a');
    expect(stub.logins[0]?.path).toBe(`/${tenant}/oauth2/v2.0/token`);
    expect(Object.fromEntries(new URLSearchParams(stub.logins[0]?.body))).toMatchObject({
      client_id: 'the-client-id',
      client_secret: 'the-client-secret',
      scope: 'https://vault.azure.net/.default',
    });
  });

  test('does not go on with a vault of another tenant, and sends it nothing', async () => {
    const other = '7c1e0000-0000-0000-0000-00000000000f';
    const challenge = `Bearer authorization="https://login.windows.net/${other}", resource="https://vault.azure.net"`;
    const stub = await stubVault({ challenge });
    await expect(secretsOf(stub).versions('a')).rejects.toMatchObject({
      code: 'GUARD',
      message: `${host} belongs to tenant ${other}, not to ${tenant}`,
    });
    expect(stub.logins).toEqual([]);
  });

  test('takes the tenant of the first vault where none is stated', async () => {
    const stub = await stubVault();
    const client = clientOf(stub, { config: { loopback: stub.loopback } });
    expect(await client.tenantOf(vault)).toBe(tenant);
  });

  test.each([
    `Bearer authorization="https://login.windows.net/${tenant}", resource="https://vault.evil.example"`,
    `Bearer authorization="https://login.windows.net/${tenant}", resource="https://management.azure.com"`,
  ])('is refused where the token would be for somebody else: %s', async (challenge) => {
    const stub = await stubVault({ challenge });
    await expect(secretsOf(stub).versions('a')).rejects.toMatchObject({ code: 'GUARD' });
    expect(stub.logins).toEqual([]);
  });

  test('is tried again while the login host stumbles', async () => {
    const busy = { status: 503, json: { error: 'temporarily_unavailable' } };
    const good = { status: 200, json: { token_type: 'Bearer', expires_in: 3599, access_token: 't' } };
    const stub = await stubVault({ login: (index) => (index < 2 ? busy : good) });
    expect(await secretsOf(stub).versions('a')).toEqual([]);
    expect(stub.logins).toHaveLength(3);
  });

  test('that is refused fails everything at once, and is not tried again', async () => {
    const error_description =
      'AADSTS7000222: The provided client secret keys are expired. Trace ID: 1 Correlation ID: 2';
    const stub = await stubVault({
      login: () => ({ status: 401, json: { error: 'invalid_client', error_description } }),
    });
    const secrets = secretsOf(stub);
    const results = await Promise.allSettled([secrets.versions('a'), secrets.versions('b'), secrets.deleted('c')]);
    for (const result of results) {
      expect(result).toMatchObject({
        reason: {
          code: 'UNAUTHENTICATED',
          message: expect.stringMatching(/service principal the-client-id was refused: AADSTS7000222: .* expired\.$/),
          detail: { next: 'The client secret is past its time: make a new one.' },
        },
      });
    }
    expect(stub.logins).toHaveLength(1);
  });

  test('whose refusal repeats the secret shows nothing of it', async () => {
    const error_description = 'AADSTS7000215: the-client-secret is not it';
    const stub = await stubVault({
      login: () => ({ status: 401, json: { error: 'invalid_client', error_description } }),
    });
    const failure = await secretsOf(stub).versions('a').catch(String);
    expect(failure).toMatch(/withheld/);
    expect(failure).not.toMatch(/the-client-secret/);
  });
});

describe('a call that only reads', () => {
  test('is tried again as often as there are pauses', async () => {
    const stub = await stubVault({ reply: () => refused(503, 'ServiceUnavailable') });
    await expect(secretsOf(stub).versions('a')).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: `GET secrets/a/versions at ${host} answered 503: no`,
    });
    expect(stub.calls).toHaveLength(3);
  });

  test('collects all pages, empty ones among them', async () => {
    const item = (id: string) => ({ id: `https://${host}/secrets/a/${id}`, attributes: { enabled: true, created: 7 } });
    const pages = [
      { value: [item('01')], nextLink: `https://${host}:443/secrets/a/versions?api-version=7.6&$skiptoken=x` },
      { value: [], nextLink: `https://${host}:443/secrets/a/versions?api-version=7.6&$skiptoken=y` },
      { value: [item('02')], nextLink: null },
    ];
    const stub = await stubVault({ reply: (_, index) => ({ status: 200, json: pages[index] }) });
    expect((await secretsOf(stub).versions('a')).map(({ id, created }) => [id, created])).toEqual([
      ['01', 7_000],
      ['02', 7_000],
    ]);
  });

  test('does not follow a link to another host with its token', async () => {
    const nextLink = 'https://other.vault.azure.net/secrets/a/versions?api-version=7.6';
    const stub = await stubVault({ reply: () => ({ status: 200, json: { value: [], nextLink } }) });
    await expect(secretsOf(stub).versions('a')).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: `${host} sent lab on to https://other.vault.azure.net, which lab does not follow`,
    });
    expect(stub.calls).toHaveLength(1);
  });

  test.each(['https://evil.example/x', `https://${host}/secrets/b/versions`])(
    'does not follow a redirect to %s',
    async (location) => {
      const stub = await stubVault({ reply: () => ({ status: 307, headers: { location }, json: {} }) });
      await expect(secretsOf(stub).versions('a')).rejects.toMatchObject({
        code: 'UNREACHABLE',
        message: /redirect to/,
      });
      expect(stub.calls).toHaveLength(1);
    },
  );

  test('ends after its time', async () => {
    const stub = await stubVault({ reply: () => 'hang' });
    await expect(secretsOf(stub, { timeoutMs: 150, pauses: [] }).versions('a')).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: `GET secrets/a/versions at ${host} got no answer (ETIMEDOUT)`,
    });
  });

  test('ends when the run is cancelled', async () => {
    const run = new AbortController();
    const stub = await stubVault({
      reply: () => {
        setTimeout(() => run.abort(), 20);
        return 'hang';
      },
    });
    await expect(secretsOf(stub, { signal: run.signal }).versions('a')).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('a new version', () => {
  test('is not sent twice when the answer was lost, which would make two', async () => {
    const stub = await stubVault({ reply: () => 'hang' });
    await expect(secretsOf(stub, { timeoutMs: 150 }).set('a', secret('v'), {})).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('it may have taken effect'),
    });
    expect(stub.calls).toHaveLength(1);
  });

  test('is sent again where the vault had no time for it', async () => {
    const stub = await stubVault({
      reply: (_, index) => (index === 0 ? { ...refused(429, 'Throttled'), headers: { 'retry-after': '0' } } : ok),
    });
    const client = clientOf(stub);
    await client.vault(vault).set('a', secret('v'), { tags: { a: 'b' }, enabled: true });
    expect(stub.calls.map(({ method }) => method)).toEqual(['PUT', 'PUT']);
    expect(client.writes()).toBe(1);
  });

  test('carries value, tags and attributes', async () => {
    const stub = await stubVault({ reply: () => ok });
    await secretsOf(stub).set('a', secret('"välue"\n'), {
      tags: { a: 'b' },
      enabled: false,
      contentType: 'text/plain',
    });
    expect(stub.calls[0]).toMatchObject({ method: 'PUT', path: '/secrets/a' });
    expect(JSON.parse(stub.calls[0]?.body ?? '')).toEqual({
      value: '"välue"\n',
      tags: { a: 'b' },
      contentType: 'text/plain',
      attributes: { enabled: false },
    });
  });

  test('that the vault refuses with a text that repeats the value shows nothing of it', async () => {
    const stub = await stubVault({ reply: () => refused(400, 'BadParameter', undefined, 'what is hunter22-hunter?') });
    const failure = await secretsOf(stub).set('a', secret('hunter22-hunter'), {}).catch(String);
    expect(failure).toMatch(/withheld/);
    expect(failure).not.toMatch(/hunter22/);
  });
});

describe('plan and drift', () => {
  test('can send nothing but GET', async () => {
    const stub = await stubVault();
    const client = clientOf(stub, { readOnly: true });
    const secrets = client.vault(vault);
    expect(await secrets.versions('a')).toEqual([]);
    const guard = { code: 'GUARD', message: expect.stringContaining('plan and drift never write') };
    await expect(secrets.set('a', secret('v'), {})).rejects.toMatchObject(guard);
    await expect(secrets.update('a', '0123', {})).rejects.toMatchObject(guard);
    await expect(secrets.remove('a')).rejects.toMatchObject(guard);
    await expect(secrets.recover('a')).rejects.toMatchObject(guard);
    expect(stub.calls.every(({ method }) => method === 'GET')).toBe(true);
    expect(client.writes()).toBe(0);
  });
});

describe('what belongs to the sandbox', () => {
  test('never goes to the real Azure: neither a value nor a text that holds one', async () => {
    const stub = await stubVault({ reply: () => ok });
    const real = clientOf(stub, { config: { tenant } }).vault(vault);
    const value = standIn('seed', 'env X');
    for (const sent of [value, secret(`{"key": "${JSON.stringify(value)}lab-sandbox-stand-in-x"}`)]) {
      await expect(real.set('a', sent, {})).rejects.toMatchObject({ code: 'GUARD', message: /stand-in/ });
    }
    expect([stub.challenged, stub.calls]).toEqual([[], []]);
    await secretsOf(stub).set('a', value, {});
    expect(stub.calls).toHaveLength(1);
  });
});

describe('the connection', () => {
  test('is not made to a server that an unknown authority vouches for', async () => {
    const [stub, other] = [await stubVault(), await stubVault()];
    const loopback = { ...stub.loopback, ca: other.loopback.ca };
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    await expect(secretsOf({ loopback }).versions('a')).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining(`The certificate of ${host} is not trusted`),
    });
    expect(stub.challenged).toEqual([]);
  });

  test('is refused by a port where nobody listens', async () => {
    const stub = await stubVault();
    const loopback = { ...stub.loopback, port: 1 };
    await expect(secretsOf({ loopback }).versions('a')).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: `${host} cannot be reached (ECONNREFUSED)`,
    });
  });
});

describe('a refusal', () => {
  const gone = { code: 'MOVED', message: expect.stringContaining('it is no longer there') };

  test.each([
    [refused(401, 'Unauthorized'), { code: 'UNAUTHENTICATED' }],
    [
      refused(403, 'Forbidden', 'ForbiddenByRbac', 'Caller is not authorized.\r\nAction: x\r\nAssignment: (not found)'),
      { code: 'DENIED', message: expect.stringMatching(/403: Caller is not authorized\. Action: x$/) },
    ],
    [
      refused(403, 'Forbidden', 'ForbiddenByFirewall'),
      { detail: { next: expect.stringContaining('network settings') } },
    ],
    [refused(404, 'SecretNotFound'), gone],
    [{ status: 404, text: 'no such page' }, { code: 'UNREACHABLE' }],
    [refused(405, 'MethodNotAllowed'), { code: 'REJECTED' }],
    [refused(409, 'Conflict', 'ObjectIsBeingDeleted'), { code: 'MOVED' }],
    [refused(409, 'Conflict', 'ObjectIsDeletedButRecoverable'), { code: 'MOVED' }],
    [refused(409, 'Conflict', 'ObjectIsBeingRecovered'), { code: 'MOVED' }],
    [refused(409, 'Conflict'), { code: 'CONFLICT' }],
    [refused(429, 'Throttled'), { code: 'UNREACHABLE' }],
    [refused(500, 'InternalError'), { code: 'UNREACHABLE' }],
    [refused(400, 'BadParameter'), { code: 'REJECTED', message: `PATCH secrets/a at ${host} answered 400: no` }],
  ])('to change properties: %j', async (answer, expected) => {
    const stub = await stubVault({ reply: () => answer });
    await expect(secretsOf(stub).update('a', '0123', { enabled: true })).rejects.toMatchObject(expected);
  });

  test('to list secrets is no refusal of the login', async () => {
    const stub = await stubVault({ opening: () => refused(403, 'Forbidden', 'ForbiddenByRbac') });
    expect(await secretsOf(stub).versions('a')).toEqual([]);
  });

  test('by something that asks for no login is not taken for a vault', async () => {
    const stub = await stubVault({ challenge: '' });
    await expect(secretsOf(stub).versions('a')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('what is not there', () => {
  test('has no versions, is not deleted and need not be removed', async () => {
    const stub = await stubVault({ reply: () => refused(404, 'SecretNotFound') });
    const secrets = secretsOf(stub);
    expect(await secrets.versions('a')).toEqual([]);
    expect(await secrets.deleted('a')).toBeUndefined();
    expect(await secrets.current('a')).toBeUndefined();
    expect(await secrets.remove('a')).toBe(false);
  });

  test('is known not to be there only by Key Vault’s own word', async () => {
    const stub = await stubVault({ reply: () => ({ status: 404, text: 'not found' }) });
    await expect(secretsOf(stub).versions('a')).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });
});
