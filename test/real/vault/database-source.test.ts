import { beforeAll, describe, expect, test } from 'vitest';
import { deskOverStores } from '../../../src/cli/store-sources.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { fromSource } from '../../../src/secrets/source.ts';
import { databaseUsers } from '../../support/database-users.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, deskFrom, plan } from '../../support/world.ts';
import { connectionAt, mounted } from './database.ts';
import { connectFor, stranger, uniqueName } from './server.ts';

describe('a password that lies in a secret of KV', () => {
  const mounts = { db: uniqueName('db'), kv: uniqueName('kv') };
  const named = {
    source: {
      from: 'store',
      named: 'kv/pg#password',
      address: `vault.kv-secret/${mounts.kv}/pg`,
      property: 'password',
    },
  } as const;
  const password = fromSource({ ...named, onMissingSource: 'keep', onExternalChange: 'keep', at: 'lab.yaml:1:1' });
  const resources = [mounted(mounts.db), connectionAt(mounts.db, { password })];
  const put = (value: string) => stranger('POST', `${mounts.kv}/data/pg`, { data: { password: value } });
  beforeAll(() => stranger('POST', `sys/mounts/${mounts.kv}`, { type: 'kv-v2' }));

  test('is what Vault logs in to the database with; another one there is an update', async () => {
    const connection = await connectFor();
    const kinds = new Map(vault.kinds.map((kind) => [kind.kind, kind]));
    const desk = deskOverStores(
      deskFrom({}, async (value) => secret(value)),
      { kinds, connect: async () => connection, learn: () => {} },
    );
    const reading = { kinds: vault.kinds, connections: [connection], store: memoryStore(), desk };
    expect((await applyAll(reading, resources)).diagnostics).toMatchObject([
      { code: 'MISSING_SOURCE', message: 'the value has to be written and nothing lies in kv/pg#password' },
    ]);
    await put(databaseUsers.vault);
    expect(await applyAll(reading, resources)).toMatchObject({ failed: [], diagnostics: [] });
    expect((await plan(reading, resources)).summary).toMatchObject({ create: 0, update: 0, none: 2 });
    await put('another one');
    expect((await plan(reading, resources)).summary).toMatchObject({ update: 1 });
    await stranger('DELETE', `${mounts.kv}/data/pg`);
    expect(await plan(reading, resources)).toMatchObject({ summary: { update: 0, none: 2 }, diagnostics: [] });
  });
});
