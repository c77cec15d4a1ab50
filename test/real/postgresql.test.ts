import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startPostgresql } from '../servers/postgresql.ts';

test('a PostgreSQL that goes and comes keeps its port and its data, and leaves nothing behind', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'lab-postgresql-'));
  const database = await startPostgresql({ dir });
  try {
    const user = { username: 'reader', password: 'its password' };
    await database.query(`create role reader login password '${user.password}'`);
    expect(await database.query('select current_user', user)).toBe('reader');
    await expect(database.query('select 1', { ...user, password: 'another' })).rejects.toThrow('authentication failed');
    await database.down();
    await expect(database.query('select 1')).rejects.toThrow('refused');
    await database.up();
    expect(await database.query('select current_user', user)).toBe('reader');
    const data = await database.query('show data_directory');
    await database.stop();
    await expect(stat(data)).rejects.toThrow('ENOENT');
  } finally {
    await database.stop();
    await rm(dir, { recursive: true, force: true });
  }
});
