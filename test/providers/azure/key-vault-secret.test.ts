import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { AzureSandbox } from '../../../src/sandbox/azure/start.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { apply, benchOf, changeIn, fromEnv, kindName, request, write } from './bench.ts';
import { connect, sandbox } from './sandbox.ts';
import { stranger } from './stranger.ts';

describe('versions', () => {
  test('of one and the same second are told apart', async () => {
    const box = await sandbox();
    const kind = (await connect(box)).kind(kindName);
    await toTheSecond();
    for (const name of ['one', 'two', 'three', 'four']) await write(kind, { value: secret(name) }, `v1:x:${name}`);
    expect(await kind.read(request.id, {})).toMatchObject({
      spec: { value: { fingerprint: 'v1:x:four', moved: false } },
    });
    await stranger(box).setSecret('app', 'theirs');
    expect(await kind.read(request.id, {})).toMatchObject({
      spec: { value: { fingerprint: expect.stringMatching('^v1:x:'), moved: true } },
    });
  });

  test.each(['officer', 'reader'] as const)(
    'of one second are told apart by an %s, disabled ones as well',
    async (as) => {
      const box = await sandbox();
      const kind = (await connect(box)).kind(kindName);
      await toTheSecond();
      await stranger(box).setSecret('another', 'x');
      for (const name of ['one', 'two', 'three'])
        await write(kind, { value: secret(name), enabled: false }, `v1:x:${name}`);
      const looking = (await connect(box, { as, readOnly: true })).kind(kindName);
      expect(await looking.read(request.id, {})).toMatchObject({
        exists: 'yes',
        spec: { enabled: false, value: { fingerprint: 'v1:x:three', moved: false } },
      });
    },
  );

  test('are found however many there are', async () => {
    const box = await sandbox();
    const kind = (await connect(box)).kind(kindName);
    await write(kind, { value: secret('first') });
    for (let count = 0; count < 60; count++) await stranger(box).setSecret('app', `value ${count}`);
    expect(await kind.read(request.id, {})).toMatchObject({
      mark: 'a/b/c',
      spec: { value: { fingerprint: 'v1:x:y', moved: true } },
    });
  });

  test('that came in between make a write give way', async () => {
    const box = await sandbox();
    const kind = (await connect(box)).kind(kindName);
    await write(kind, { value: secret('first') });
    const live = await kind.read(request.id, {});
    await stranger(box).setSecret('app', 'theirs');
    const late = kind.write({ ...request, live, spec: { value: secret('second') } });
    await expect(late).rejects.toMatchObject({ code: 'MOVED' });
    expect((await stranger(box).getSecret('app')).value).toBe('theirs');
  });
});

describe('a write', () => {
  test('of what is there already sends nothing', async () => {
    const box = await sandbox();
    const connection = await connect(box);
    const kind = connection.kind(kindName);
    const spec = { value: secret('first'), contentType: 'text/plain', tags: { team: 'lab' } };
    await write(kind, spec);
    expect(connection.writes()).toBe(1);
    await write(kind, spec);
    expect(connection.writes()).toBe(1);
  });

  test('leaves tag, content type and state of others on a new version', async () => {
    const box = await sandbox();
    const kind = (await connect(box)).kind(kindName);
    await write(kind, { value: secret('first'), tags: { team: 'lab', gone: 'soon' } });
    const { properties } = await stranger(box).getSecret('app');
    const tags = { ...properties.tags, theirs: 'too', unwanted: 'x' };
    await stranger(box).updateSecretProperties('app', properties.version ?? '', {
      tags,
      enabled: false,
      contentType: 'theirs',
    });
    await write(kind, { value: secret('second'), tags: { team: 'lab', unwanted: null } }, 'v1:x:z');
    expect(await currentOf(box)).toMatchObject({
      contentType: 'theirs',
      enabled: false,
    });
    expect((await currentOf(box))?.tags).toEqual({
      team: 'lab',
      theirs: 'too',
      'managed-by': 'lab',
      'lab-owner': 'a/b/c',
      'lab-fingerprint': 'v1:x:z',
      'lab-write': expect.any(String),
      'lab-tags': 'team',
    });
  });

  test('of a value that is too long is refused before it is sent', async () => {
    const connection = await connect(await sandbox());
    const bench = benchOf(connection, { VALUE: 'x'.repeat(25 * 1024 + 1) });
    expect(await apply(bench)).toMatchObject([{ code: 'REJECTED', message: /25 KB/ }]);
    expect(connection.writes()).toBe(0);
  });

  test('of a secret that is gone by now has no value to make it with', async () => {
    const kind = (await connect(await sandbox())).kind(kindName);
    const late = kind.write({ ...request, live: { exists: 'no' }, spec: { value: fromEnv('X') } });
    await expect(late).rejects.toMatchObject({ code: 'MISSING_SOURCE' });
  });

  test('that would need more tags than there can be says so', async () => {
    const box = await sandbox();
    const connection = await connect(box);
    const tags = Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`t${index}`, 'x']));
    await stranger(box).setSecret('app', 'theirs', { tags });
    await expect(write(connection.kind(kindName), { value: secret('mine') })).rejects.toMatchObject({
      code: 'REJECTED',
      message: 'app would have 17 tags, and Key Vault takes 15',
    });
  });

  test('by who may only look is denied, with the role that is missing', async () => {
    const box = await sandbox();
    await stranger(box).setSecret('app', 'theirs');
    const kind = (await connect(box, { as: 'reader' })).kind(kindName);
    expect(await kind.read(request.id, {})).toMatchObject({ exists: 'yes' });
    await expect(write(kind, { value: secret('mine') })).rejects.toMatchObject({
      code: 'DENIED',
      message: expect.stringContaining("Action: 'Microsoft.KeyVault/vaults/secrets/setSecret/action'"),
      detail: { next: expect.stringContaining('"Key Vault Secrets Officer"') },
    });
    await expect(kind.remove(request.id)).rejects.toMatchObject({ code: 'DENIED' });
  });

  test('in a plan is refused', async () => {
    const box = await sandbox();
    const connection = await connect(box, { readOnly: true });
    await expect(write(connection.kind(kindName), { value: secret('mine') })).rejects.toMatchObject({ code: 'GUARD' });
    expect(connection.writes()).toBe(0);
  });
});

test('who may nothing is told the role, and nothing is planned as absent', async () => {
  const box = await sandbox();
  const bench = benchOf(await connect(box, { as: 'nobody', readOnly: true }), { VALUE: 'first' });
  expect(await changeIn(bench)).toMatchObject({ actions: ['none'], standing: { is: 'blocked' } });
  const kind = bench.connections[0]?.kind(kindName);
  await expect(kind?.read(request.id, {})).rejects.toMatchObject({
    code: 'DENIED',
    detail: { next: expect.stringContaining('"Key Vault Reader"') },
  });
});

/** What everybody sees of the current version. */
const currentOf = async (box: AzureSandbox) => {
  for await (const listed of stranger(box).listPropertiesOfSecrets()) return listed;
  return undefined;
};

/** Waits for the beginning of a second, so that what follows quickly falls into one. */
const toTheSecond = (): Promise<void> => pause(1000 - (Date.now() % 1000));
