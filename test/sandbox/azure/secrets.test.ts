import { describe, expect, test } from 'vitest';
import { caller, sandbox, sdk } from './sandbox.ts';

const names = async (list: AsyncIterable<{ name: string }>): Promise<string[]> => {
  const found: string[] = [];
  for await (const { name } of list) found.push(name);
  return found;
};

describe('a secret', () => {
  test('reads back as it was written, with the properties that the SDK knows', async () => {
    const client = sdk(await sandbox());
    const [notBefore, expiresOn] = [new Date('2026-01-01T00:00:00Z'), new Date('2036-01-01T00:00:00Z')];
    const options = { contentType: 'text/plain', tags: { a: 'b' }, enabled: true, notBefore, expiresOn };
    await client.setSecret('Mixed-Case', 'välue', options);
    expect(await client.getSecret('mixed-case')).toMatchObject({
      name: 'Mixed-Case',
      value: 'välue',
      properties: {
        ...options,
        id: expect.stringMatching(/^https:\/\/myvault\.vault\.azure\.net\/secrets\/Mixed-Case\/[0-9a-f]{32}$/),
        version: expect.stringMatching(/^[0-9a-f]{32}$/),
        createdOn: expect.any(Date),
        updatedOn: expect.any(Date),
        recoveryLevel: 'Recoverable+Purgeable',
        recoverableDays: 90,
      },
    });
  });

  test('has a new version after every write, also of an equal value, and nothing of the old one’s properties', async () => {
    const client = sdk(await sandbox());
    const first = await client.setSecret('a', 'same', { tags: { a: 'b' }, contentType: 'text/plain' });
    const second = await client.setSecret('a', 'same');
    expect(second.properties.version).not.toBe(first.properties.version);
    expect((await client.getSecret('a')).properties).toMatchObject({
      version: second.properties.version,
      tags: undefined,
      contentType: undefined,
    });
    expect(await client.getSecret('a', { version: first.properties.version ?? '' })).toMatchObject({
      properties: { tags: { a: 'b' } },
    });
  });

  test('may be empty', async () => {
    const client = sdk(await sandbox());
    await client.setSecret('a', '');
    expect((await client.getSecret('a')).value).toBe('');
  });

  test('keeps what an update does not name; tags are replaced as a whole', async () => {
    const client = sdk(await sandbox());
    const { properties } = await client.setSecret('a', 'x', { tags: { a: '1', b: '2' }, contentType: 'text/plain' });
    await client.updateSecretProperties('a', properties.version ?? '', { tags: { c: '3' } });
    expect((await client.getSecret('a')).properties).toMatchObject({ tags: { c: '3' }, contentType: 'text/plain' });
    await client.updateSecretProperties('a', '', { contentType: '' });
    expect((await client.getSecret('a')).properties).toMatchObject({ tags: { c: '3' }, contentType: '' });
  });

  test('that is disabled is not read, but listed and updated', async () => {
    const client = sdk(await sandbox());
    const { properties } = await client.setSecret('a', 'x', { enabled: false });
    await expect(client.getSecret('a')).rejects.toMatchObject({
      statusCode: 403,
      details: { error: { innerError: { code: 'SecretDisabled' } } },
    });
    expect(await names(client.listPropertiesOfSecretVersions('a'))).toEqual(['a']);
    await client.updateSecretProperties('a', properties.version ?? '', { enabled: true });
    expect((await client.getSecret('a')).value).toBe('x');
  });

  test('in a version that there is not is not found', async () => {
    const client = sdk(await sandbox());
    await client.setSecret('a', 'x');
    await expect(client.getSecret('a', { version: '0'.repeat(32) })).rejects.toMatchObject({ code: 'SecretNotFound' });
    await expect(client.updateSecretProperties('b', '', {})).rejects.toMatchObject({ code: 'SecretNotFound' });
  });
});

describe('lists', () => {
  test('come in pages without values, versions in the order of their ids', async () => {
    const box = await sandbox();
    const client = sdk(box);
    for (let count = 0; count < 30; count++) await client.setSecret('a', `value-${count}`);
    const versions: string[] = [];
    const sizes: number[] = [];
    for await (const page of client.listPropertiesOfSecretVersions('a').byPage({ maxPageSize: 10 })) {
      sizes.push(page.length);
      versions.push(...page.map(({ version = '' }) => version));
    }
    // A full page cannot know that it is the last one.
    expect(sizes).toEqual([10, 10, 10, 0]);
    expect(versions).toEqual(versions.toSorted());
    expect(new Set(versions).size).toBe(30);
    const { body } = await (await caller(box))('GET', '/secrets/a/versions');
    expect(body).toMatchObject({
      nextLink: expect.stringContaining('https://myvault.vault.azure.net:443/secrets/a/versions?'),
    });
    expect(JSON.stringify(body)).not.toContain('value-');
  });

  test('of secrets show the newest version, and of what is deleted only that', async () => {
    const client = sdk(await sandbox());
    await client.setSecret('b', 'x', { tags: { is: 'old' } });
    await client.setSecret('b', 'y', { tags: { is: 'new' } });
    await client.setSecret('a', 'x');
    await client.setSecret('gone', 'x');
    await client.beginDeleteSecret('gone');
    expect(await names(client.listPropertiesOfSecrets())).toEqual(['a', 'b']);
    for await (const { name, tags, version } of client.listPropertiesOfSecrets()) {
      if (name === 'b') expect({ tags, version }).toEqual({ tags: { is: 'new' }, version: undefined });
    }
    expect(await names(client.listDeletedSecrets())).toEqual(['gone']);
  });

  test('of versions of what is not there are empty', async () => {
    const client = sdk(await sandbox());
    await client.setSecret('gone', 'x');
    await client.beginDeleteSecret('gone');
    expect(await names(client.listPropertiesOfSecretVersions('gone'))).toEqual([]);
    expect(await names(client.listPropertiesOfSecretVersions('never-was'))).toEqual([]);
  });
});

describe('a deleted secret', () => {
  const conflict = (inner: string) => ({ statusCode: 409, details: { error: { innerError: { code: inner } } } });
  const poll = { intervalInMs: 20 };

  test('can be looked at, recovered with all its versions, or purged', async () => {
    const client = sdk(await sandbox());
    await client.setSecret('a', 'first');
    const { properties } = await client.setSecret('a', 'second', { tags: { a: 'b' } });
    const poller = await client.beginDeleteSecret('a', poll);
    expect(await poller.pollUntilDone()).toMatchObject({
      name: 'a',
      recoveryId: 'https://myvault.vault.azure.net/deletedsecrets/a',
      deletedOn: expect.any(Date),
      properties: { version: properties.version, tags: { a: 'b' }, scheduledPurgeDate: expect.any(Date) },
    });
    await expect(client.getSecret('a')).rejects.toMatchObject({ code: 'SecretNotFound' });
    await expect(client.setSecret('a', 'x')).rejects.toMatchObject(conflict('ObjectIsDeletedButRecoverable'));
    await (await client.beginRecoverDeletedSecret('a', poll)).pollUntilDone();
    expect((await client.getSecret('a')).value).toBe('second');
    expect(await names(client.listPropertiesOfSecretVersions('a'))).toHaveLength(2);

    await (await client.beginDeleteSecret('a', poll)).pollUntilDone();
    await client.purgeDeletedSecret('a');
    await expect(client.getDeletedSecret('a')).rejects.toMatchObject({ code: 'SecretNotFound' });
    await client.setSecret('a', 'anew');
    expect(await names(client.listPropertiesOfSecretVersions('a'))).toHaveLength(1);
  });

  test('takes its time, in which its name is of no use to anybody', async () => {
    const box = await sandbox({ settleMs: 600 });
    const client = sdk(box);
    const call = await caller(box);
    await client.setSecret('a', 'x');
    const deletion = await client.beginDeleteSecret('a', poll);
    expect(deletion.isDone()).toBe(false);
    await expect(client.setSecret('a', 'y')).rejects.toMatchObject(conflict('ObjectIsBeingDeleted'));
    await expect(client.purgeDeletedSecret('a')).rejects.toMatchObject(conflict('ObjectIsBeingDeleted'));
    expect(await call('DELETE', '/secrets/a')).toMatchObject({ status: 409 });
    await deletion.pollUntilDone();

    const recovery = await client.beginRecoverDeletedSecret('a', poll);
    expect(recovery.isDone()).toBe(false);
    await expect(client.setSecret('a', 'y')).rejects.toMatchObject(conflict('ObjectIsBeingRecovered'));
    await recovery.pollUntilDone();
    expect((await client.getSecret('a')).value).toBe('x');
  });

  test('that never was is not found', async () => {
    const call = await caller(await sandbox());
    for (const [method, path] of [
      ['DELETE', '/secrets/a'],
      ['GET', '/deletedsecrets/a'],
      ['POST', '/deletedsecrets/a/recover'],
      ['DELETE', '/deletedsecrets/a'],
    ] as const) {
      expect(await call(method, path)).toMatchObject({ status: 404, body: { error: { code: 'SecretNotFound' } } });
    }
  });
});
