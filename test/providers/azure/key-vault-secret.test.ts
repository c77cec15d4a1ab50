import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { BoundKind, Connection } from '../../../src/engine/resource.ts';
import type { Fields } from '../../../src/engine/value.ts';
import { azure } from '../../../src/providers/azure/index.ts';
import type { AzureSandbox } from '../../../src/sandbox/azure/start.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { fromSource } from '../../../src/secrets/source.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, resource } from '../../support/world.ts';
import { connect, sandbox, vault } from './sandbox.ts';
import { stranger } from './stranger.ts';

const kindName = 'azure.key-vault-secret';
const address = `${kindName}/${vault}/app`;

const benchOf = (connection: Connection, env: Record<string, string>, more: Partial<Bench> = {}): Bench => ({
  kinds: azure.kinds,
  connections: [connection],
  store: memoryStore(),
  desk: deskFrom(env, async (value) => secret(value)),
  ...more,
});

const fromEnv = (name: string, onExternalChange: 'keep' | 'overwrite' = 'keep') =>
  fromSource({ source: { from: 'env', name }, onMissingSource: 'keep', onExternalChange, at: 'lab.yaml:1:1' });

const desired = (spec: Fields = {}) => [resource(address, { value: fromEnv('VALUE'), ...spec })];

const versionsOf = async (box: AzureSandbox): Promise<number> => {
  let count = 0;
  for await (const _ of stranger(box).listPropertiesOfSecretVersions('app')) count += 1;
  return count;
};

/** Applies and answers what it said, so that a test can see that nothing failed. */
const apply = async (bench: Bench, spec: Fields = {}, options: Parameters<typeof applyAll>[2] = {}) => {
  const result = await applyAll(bench, desired(spec), options);
  return result.diagnostics;
};

const changeIn = async (bench: Bench, spec: Fields = {}) => {
  const { changes, diagnostics } = await plan(bench, desired(spec));
  return changes[0] ?? diagnostics;
};

describe('a secret that was deleted', () => {
  test('is planned as recoverable, and comes back as it was where its value is still the right one', async () => {
    const box = await sandbox({ settleMs: 400 });
    const bench = benchOf(await connect(box), { VALUE: 'first' });
    expect(await apply(bench)).toEqual([]);
    const { properties } = await stranger(box).getSecret('app');
    await bench.connections[0]?.kind(kindName).remove([vault, 'app']);

    expect(await changeIn(bench)).toMatchObject({
      actions: ['create'],
      missing: true,
      notes: [
        expect.stringMatching(/^a secret of this name was deleted on 20.* it is recovered first$/),
        expect.anything(),
      ],
    });
    expect(await apply(bench)).toEqual([]);
    expect((await stranger(box).getSecret('app')).properties.version).toBe(properties.version);
    expect(await changeIn(bench)).toMatchObject({ actions: ['none'] });
  });

  test('gets a new version where its value is another one by now', async () => {
    const box = await sandbox();
    const env = { VALUE: 'first' };
    const bench = benchOf(await connect(box), env);
    await apply(bench, { contentType: 'text/plain' });
    await bench.connections[0]?.kind(kindName).remove([vault, 'app']);
    env.VALUE = 'second';
    expect(await apply(bench, { contentType: 'text/plain' })).toEqual([]);
    expect(await stranger(box).getSecret('app')).toMatchObject({
      value: 'second',
      properties: { contentType: 'text/plain' },
    });
    expect(await versionsOf(box)).toBe(2);
  });

  test('by a stranger, who deletes it just now, is waited for and then recovered', async () => {
    const box = await sandbox({ settleMs: 700 });
    const bench = benchOf(await connect(box), { VALUE: 'first' });
    await stranger(box).setSecret('app', 'theirs');
    await stranger(box).beginDeleteSecret('app');
    // Neither a secret nor a deleted one can be seen now.
    expect(await changeIn(bench)).toMatchObject({ actions: ['create'], notes: ['value from env VALUE'] });
    expect(await apply(bench)).toEqual([]);
    expect((await stranger(box).getSecret('app')).value).toBe('first');
    expect(await versionsOf(box)).toBe(2);
  });

  test('and is being recovered just now is waited for', async () => {
    const box = await sandbox({ settleMs: 700 });
    const kind = (await connect(box)).kind(kindName);
    await stranger(box).setSecret('app', 'theirs');
    await kind.remove([vault, 'app']);
    await stranger(box).beginRecoverDeletedSecret('app');
    const write = kind.write({ ...request, live: { exists: 'no' }, spec: { value: secret('first') } });
    await expect(write).rejects.toMatchObject({ code: 'MOVED' });
    expect((await stranger(box).getSecret('app')).value).toBe('theirs');
  });

  test('is removed again without waiting for what is not there', async () => {
    const box = await sandbox();
    const kind = (await connect(box)).kind(kindName);
    await kind.remove([vault, 'never-was']);
    await stranger(box).setSecret('app', 'theirs');
    await Promise.all([kind.remove([vault, 'app']), kind.remove([vault, 'app'])]);
    expect(await kind.read([vault, 'app'], {})).toMatchObject({ exists: 'no', recoverable: expect.any(String) });
  });
});

describe('a value that somebody else wrote', () => {
  const theirs = async (box: AzureSandbox, tags?: Record<string, string>) =>
    stranger(box).setSecret('app', 'theirs', tags === undefined ? {} : { tags });

  test('is reported and kept, and is still lab’s secret', async () => {
    const box = await sandbox();
    const bench = benchOf(await connect(box), { VALUE: 'first' });
    await apply(bench);
    await theirs(box);
    expect(await changeIn(bench)).toMatchObject({
      actions: ['none'],
      fields: [{ path: 'value', kept: true, cause: 'drift' }],
    });
    expect(await apply(bench)).toEqual([]);
    expect((await stranger(box).getSecret('app')).value).toBe('theirs');
  });

  test('is seen as theirs although they copied all tags', async () => {
    const box = await sandbox();
    const bench = benchOf(await connect(box), { VALUE: 'first' });
    await apply(bench);
    await theirs(box, (await stranger(box).getSecret('app')).properties.tags);
    expect(await changeIn(bench)).toMatchObject({ fields: [{ path: 'value', kept: true }] });
  });

  test('stays theirs when lab changes something else of the secret', async () => {
    const box = await sandbox();
    const bench = benchOf(await connect(box), { VALUE: 'first' });
    await apply(bench);
    await theirs(box);
    expect(await apply(bench, { contentType: 'text/plain' })).toEqual([]);
    expect(await stranger(box).getSecret('app')).toMatchObject({
      value: 'theirs',
      properties: { contentType: 'text/plain' },
    });
    expect(await changeIn(bench, { contentType: 'text/plain' })).toMatchObject({
      actions: ['none'],
      fields: [{ path: 'value', kept: true }],
    });
  });

  test('is written over where the manifest says so', async () => {
    const box = await sandbox();
    const bench = benchOf(await connect(box), { VALUE: 'first' });
    await apply(bench);
    await theirs(box, { team: 'other' });
    const overwrite = { value: fromEnv('VALUE', 'overwrite') };
    expect(await apply(bench, overwrite)).toEqual([]);
    expect(await stranger(box).getSecret('app')).toMatchObject({
      value: 'first',
      properties: { tags: { team: 'other' } },
    });
    expect(await changeIn(bench, overwrite)).toMatchObject({ actions: ['none'], fields: [] });
  });

  test('under a name that lab wants is not taken without --adopt', async () => {
    const box = await sandbox();
    const bench = benchOf(await connect(box), { VALUE: 'first' });
    await theirs(box, { team: 'other' });
    const spec = { contentType: 'text/plain' };
    expect(await changeIn(bench, spec)).toMatchObject({ standing: { is: 'blocked' } });
    expect(await apply(bench, spec, { adopt: [address] })).toEqual([]);
    expect(await stranger(box).getSecret('app')).toMatchObject({
      value: 'theirs',
      properties: { contentType: 'text/plain', tags: { team: 'other', 'managed-by': 'lab' } },
    });
  });

  test('belongs to the manifest that marked it', async () => {
    const box = await sandbox();
    const connection = await connect(box);
    await apply(benchOf(connection, { VALUE: 'first' }, { name: 'one' }));
    const other = benchOf(connection, { VALUE: 'first' }, { name: 'two' });
    expect(await changeIn(other, { contentType: 'text/plain' })).toMatchObject({
      standing: { is: 'blocked', because: expect.stringMatching(/^it belongs to one\/unit\//) },
    });
  });
});

const request = { id: [vault, 'app'], mark: 'a/b/c', fingerprints: { value: 'v1:x:y' }, removed: [] };
const write = async (kind: BoundKind, spec: Fields, fingerprint = 'v1:x:y'): Promise<void> => {
  const live = await kind.read(request.id, spec);
  await kind.write({ ...request, fingerprints: { value: fingerprint }, live, spec });
};

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
      spec: { value: { fingerprint: 'v1:x:four', moved: true } },
    });
  });

  test('of one second are told apart when the last of them is disabled', async () => {
    const box = await sandbox();
    const kind = (await connect(box)).kind(kindName);
    await toTheSecond();
    await write(kind, { value: secret('one') }, 'v1:x:one');
    await write(kind, { value: secret('two'), enabled: false }, 'v1:x:two');
    expect(await kind.read(request.id, {})).toMatchObject({
      exists: 'yes',
      spec: { enabled: false, value: { fingerprint: 'v1:x:two', moved: false } },
    });
  });

  test('of one second are unknown to who may not get secrets, and never planned as absent', async () => {
    const box = await sandbox();
    await toTheSecond();
    await stranger(box).setSecret('app', 'one');
    await stranger(box).setSecret('app', 'two');
    const kind = (await connect(box, { as: 'reader', readOnly: true })).kind(kindName);
    expect(await kind.read(request.id, {})).toMatchObject({ exists: 'unknown', because: /same second/ });
  });

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
    const live = await kind.read(request.id, { tags: { team: 'lab', theirs: '' } });
    expect(live).toMatchObject({
      spec: { contentType: 'theirs', enabled: false, tags: { team: 'lab', theirs: 'too' } },
    });
    expect(JSON.stringify(live)).not.toMatch(/gone|unwanted/);
  });

  test('of a value that is too long is refused before it is sent', async () => {
    const box = await sandbox();
    const connection = await connect(box);
    const long = connection.kind(kindName).write({
      ...request,
      live: { exists: 'no' },
      spec: { value: fromEnv('X') },
    });
    await expect(long).rejects.toMatchObject({ code: 'MISSING_SOURCE' });
    const bench = benchOf(connection, { VALUE: 'x'.repeat(25 * 1024 + 1) });
    expect(await apply(bench)).toMatchObject([{ code: 'REJECTED', message: /25 KB/ }]);
    expect(connection.writes()).toBe(0);
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

/** Waits for the beginning of a second, so that what follows quickly falls into one. */
const toTheSecond = (): Promise<void> => pause(1000 - (Date.now() % 1000));
