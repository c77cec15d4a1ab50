import { describe, expect, test } from 'vitest';
import type { AzureSandbox } from '../../../src/sandbox/azure/start.ts';
import { address, apply, benchOf, changeIn, fromEnv } from './bench.ts';
import { connect, sandbox } from './sandbox.ts';
import { stranger } from './stranger.ts';

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
