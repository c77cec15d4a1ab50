import { describe, expect, test } from 'vitest';
import type { AzureSandbox } from '../../../src/sandbox/azure/start.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { apply, benchOf, changeIn, kindName, request } from './bench.ts';
import { connect, sandbox, vault } from './sandbox.ts';
import { stranger } from './stranger.ts';

const versionsOf = async (box: AzureSandbox): Promise<number> => {
  let count = 0;
  for await (const _ of stranger(box).listPropertiesOfSecretVersions('app')) count += 1;
  return count;
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
