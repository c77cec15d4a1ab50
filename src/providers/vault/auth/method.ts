import { z } from 'zod';
import { defineKind } from '../../../engine/define-kind.ts';
import type { VaultClient } from '../client.ts';
import { keptForLogin } from '../login/kept.ts';
import { entryFields, entryId, entryShape, liveEntry, present, recognisingEntry, writeEntry } from '../mounts/entry.ts';
import { may } from '../rights.ts';

const schema = z.strictObject({
  ...entryShape,
  type: z.string().min(1).describe('The auth method: kubernetes, approle, jwt, …'),
});

/** An auth method at a path. Removing it ends every login that came through it. */
export const authMethod = defineKind<typeof schema.shape, VaultClient>({
  kind: 'vault.auth-method',
  parts: [['PATH']],
  schema,
  fields: entryFields,
  outputs: { accessor: {} },
  ownership: 'whole',
  mark: 'own',
  writes: 'merge',
  precondition: 're-read',
  identify: entryId,
  gates: () => ['vault.active'],
  rights: ([path = '']) => ({
    plan: may('sys/auth', 'read'),
    apply: [...may(`sys/auth/${path}`, 'update', 'delete', 'sudo'), ...may(`sys/auth/${path}/tune`, 'update', 'sudo')],
  }),
  read: async (client, [path = '']) => liveEntry((await client.authMethods()).get(path)),
  inventory: async (client) => present(await client.authMethods()),
  recognises: recognisingEntry('auth'),
  write: (client, request) => writeEntry(client, 'auth', request),
  keep: async (client, id) => keptForLogin(client, 'vault.auth-method', id),
  remove: (client, [path = '']) => client.remove(['sys', 'auth', path]),
});
