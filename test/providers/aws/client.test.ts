import { createServer } from 'node:https';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Connection } from '../../../src/engine/provider.ts';
import { createClient } from '../../../src/providers/aws/client.ts';
import { checkConfig } from '../../../src/providers/aws/config.ts';
import { aws } from '../../../src/providers/aws/index.ts';
import { type AwsSandbox, startAwsSandbox } from '../../../src/sandbox/aws/start.ts';
import { createAuthority } from '../../../src/sandbox/certificates/authority.ts';
import { reveal, secret } from '../../../src/secrets/secret.ts';
import { standIn } from '../../../src/secrets/stand-in.ts';
import { configOf, contextOf, region, strangerAt, uniqueName } from './server.ts';

let sandbox: AwsSandbox;
beforeAll(async () => {
  sandbox = await startAwsSandbox({ seed: 'client', account: '123456789012' });
});
afterAll(() => sandbox.stop());

const kindName = 'aws.secrets-manager-secret';
const open = async (config: object = {}, context: Parameters<typeof contextOf>[1] = {}): Promise<Connection> => {
  const connection = await aws.connect(configOf(sandbox, config), contextOf(sandbox, context));
  onTestFinished(() => connection.close());
  return connection;
};
const read = (connection: Connection, name = 'none') => connection.kind(kindName).read([region, name], {});
const create = (connection: Connection, name: string, value: string) =>
  connection.kind(kindName).write({
    id: [region, name],
    spec: { value: secret(value) },
    live: { exists: 'no' },
    fingerprints: { value: 'v1:test:aa' },
    removed: [],
  });

/** A server that answers what AWS is hard to bring to. */
const stub = async (answer: (target: string, count: number) => { status: number; body: string } | 'cut' | 'silent') => {
  const authority = createAuthority('stub');
  const pair = authority.issue({ commonName: 'stub server', use: { kind: 'server', names: ['127.0.0.1'] } });
  const received: string[] = [];
  const server = createServer({ cert: pair.certificate, key: pair.key }, async (request, response) => {
    await request.resume().toArray();
    const target = String(request.headers['x-amz-target'] ?? 'sts');
    received.push(target);
    const next = answer(target, received.filter((known) => known === target).length);
    if (next === 'cut') request.socket.destroy();
    else if (next !== 'silent') response.writeHead(next.status).end(next.body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('the stub has no port');
  return { url: `https://127.0.0.1:${bound.port}`, caPem: authority.certificate, received };
};

describe('who lab is', () => {
  test('is asked once, gives the scope, and is shown with every address that is not AWS’s own', async () => {
    const connection = await open({ account: '123456789012' });
    expect(await connection.scope()).toBe('aws:123456789012');
    expect(await connection.describe()).toBe(
      `aws 123456789012 as arn:aws:iam::123456789012:user/sandbox, at ${sandbox.url}`,
    );
    expect(connection.writes()).toBe(0);
  });

  test('in another account than the manifest expects stops everything before the first read', async () => {
    const connection = await open({ account: '999999999999' });
    const guard = { code: 'GUARD', message: expect.stringContaining('123456789012') };
    await expect(connection.scope()).rejects.toMatchObject(guard);
    await expect(read(connection)).rejects.toMatchObject(guard);
  });

  test('with a key that AWS does not know is an error that names no key', async () => {
    const connection = await open({}, { env: { KEY_ID: 'AKIAUNKNOWNUNKNOWN00', KEY: 'the-secret-access-key' } });
    const failed = await connection.scope().catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(JSON.stringify(failed, Object.getOwnPropertyNames(failed))).not.toContain('the-secret-access-key');
  });

  test('without a key says which source has none', async () => {
    const none = await aws.connect(configOf(sandbox), { ...contextOf(sandbox), resolve: async () => undefined });
    await expect(none.scope()).rejects.toMatchObject({
      code: 'MISSING_SOURCE',
      message: expect.stringContaining('env KEY_ID'),
    });
  });
});

describe('a connection that may only read', () => {
  test('refuses to write before anything is sent', async () => {
    const connection = await open({}, { readOnly: true });
    const name = uniqueName('read-only');
    await expect(create(connection, name, 'x')).rejects.toMatchObject({ code: 'GUARD' });
    expect(connection.writes()).toBe(0);
    expect(await read(connection, name)).toEqual({ exists: 'no' });
  });
});

describe('a secret', () => {
  test('lives in its region only', async () => {
    const connection = await open();
    const name = uniqueName('regional');
    await create(connection, name, 'here');
    expect(sandbox.readSecret(region, name)).toBe('here');
    expect(await connection.kind(kindName).read(['us-east-1', name], {})).toEqual({ exists: 'no' });
    expect(connection.writes()).toBe(1);
  });

  test('of the sandbox is not sent to AWS, neither as a value nor as an access key', async () => {
    const guard = { code: 'GUARD', message: expect.stringContaining('sandbox') };
    const given = contextOf(sandbox);
    const elsewhere = configOf(sandbox, {
      endpoints: { secretsManager: 'https://aws.invalid', sts: 'https://aws.invalid' },
    });
    const value = standIn('seed', 'KEY');
    const { env, readOnly, signal, stopping, ports } = given;
    const resolve = async () => value;
    const client = createClient({
      config: checkConfig(elsewhere, {}),
      env,
      readOnly,
      signal,
      stopping,
      ports,
      resolve,
    });
    await expect(client.identity()).rejects.toMatchObject(guard);
    const place = { region, name: 'any' };
    const json = secret(`{"key":"${reveal(value)}"}`);
    await expect(client.create(place, { id: 'v', value: json }, { tags: {} })).rejects.toMatchObject(guard);
    await expect(client.put(place, { id: 'v', value })).rejects.toMatchObject(guard);
    expect(client.writes()).toBe(0);
  });

  test('that exists in the meantime is read again, not overwritten', async () => {
    const name = uniqueName('meantime');
    await strangerAt(sandbox).createSecret({ Name: name, SecretString: 'theirs' });
    await expect(create(await open(), name, 'ours')).rejects.toMatchObject({ code: 'MOVED' });
    expect(sandbox.readSecret(region, name)).toBe('theirs');
  });
});

describe('a server', () => {
  const identity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/x</Arn><UserId>X</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
  const behind = async (answer: (count: number, target: string) => { status: number; body: string } | 'cut') => {
    const server = await stub((target, count) =>
      target === 'sts' ? { status: 200, body: identity } : answer(count, target),
    );
    const connection = await aws.connect(configOf(server), contextOf(sandbox));
    onTestFinished(() => connection.close());
    return { connection, received: server.received };
  };
  const refused = (name: string, message = 'no', status = 400) => ({
    status,
    body: JSON.stringify({ __type: name, message }),
  });

  test('whose certificate nobody vouches for is not spoken to', async () => {
    const { ca: _, ...config } = configOf(sandbox);
    const connection = await aws.connect(config, contextOf(sandbox));
    await expect(connection.scope()).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('certificate'),
    });
  });

  test('that fails now and then is asked again, and not for ever', async () => {
    const { connection, received } = await behind((count) =>
      count < 3 ? refused('InternalServiceError', '', 500) : refused('ResourceNotFoundException'),
    );
    expect(await read(connection)).toEqual({ exists: 'no' });
    expect(received.filter((target) => target.endsWith('DescribeSecret'))).toHaveLength(3);
    const always = await behind(() => 'cut');
    await expect(read(always.connection)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(always.received.filter((target) => target.endsWith('DescribeSecret'))).toHaveLength(5);
  });

  test.each([
    ['AccessDeniedException', 'DENIED'],
    ['ExpiredTokenException', 'UNAUTHENTICATED'],
    ['InvalidParameterException', 'REJECTED'],
    ['DecryptionFailure', 'REJECTED'],
    ['SomethingNew', 'REJECTED'],
  ])('that says %s makes it %s', async (name, code) => {
    const { connection } = await behind(() => refused(name));
    await expect(read(connection)).rejects.toMatchObject({ code, message: expect.stringContaining(name) });
  });

  test('that repeats a value in its error is not quoted', async () => {
    const { connection } = await behind((_, target) =>
      target.endsWith('DescribeSecret')
        ? refused('ResourceNotFoundException')
        : refused('ValidationException', "Value 'my-very-secret' at 'secretString'"),
    );
    const failed = await create(connection, 'any', 'my-very-secret').catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'REJECTED', message: expect.stringContaining('withheld') });
    expect(JSON.stringify(failed, Object.getOwnPropertyNames(failed))).not.toContain('my-very-secret');
  });

  test('whose answer is no JSON is not quoted either', async () => {
    const { connection } = await behind(() => ({ status: 200, body: '{"Name":"a","SecretString":"half-a-val' }));
    const failed = await read(connection).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'UNREACHABLE' });
    expect(JSON.stringify(failed, Object.getOwnPropertyNames(failed))).not.toContain('half-a');
  });

  test('is not waited for once the user has stopped', async () => {
    const stop = new AbortController();
    const server = await stub(() => 'silent');
    const connection = await aws.connect(configOf(server), { ...contextOf(sandbox), signal: stop.signal });
    const asking = connection.scope();
    setTimeout(() => stop.abort(), 100);
    await expect(asking).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
