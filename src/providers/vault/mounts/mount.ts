import { z } from 'zod';
import { defineKind } from '../../../engine/define-kind.ts';
import type { VaultClient } from '../client.ts';
import { may } from '../rights.ts';

import { entryFields, entryId, entryShape, liveEntry, present, recognisingEntry, writeEntry } from './entry.ts';
import { conversion, refuseDowngrade } from './kv-upgrade.ts';

import { endLeases } from './leases.ts';
import { mountLosses, rightsOfLosses } from './losses.ts';

const schema = z.strictObject({
  ...entryShape,
  type: z
    .string()
    .min(1)
    .transform((type) => (type === 'kv-v1' ? 'kv' : type))
    .describe('The secrets engine: kv-v2, database, pki, transit, …'),
});

/** A secrets engine at a path. Its data dies with it. */
export const mount = defineKind<typeof schema.shape, VaultClient>({
  kind: 'vault.mount',
  parts: [['PATH']],
  schema,
  fields: { ...entryFields, type: { immutable: true, becomes: { kv: 'kv-v2' } } },
  outputs: { accessor: {} },
  ownership: 'whole',
  mark: 'own',
  writes: 'merge',
  precondition: 're-read',
  protect: 'everything that is stored under a mount is destroyed with it',
  identify: entryId,
  gates: () => ['vault.active'],
  rights: ([path = ''], { type }) => ({
    plan: [...may('sys/mounts', 'read'), ...rightsOfLosses(path, type)],
    apply: [
      ...may(`sys/mounts/${path}`, 'update', 'delete'),
      ...may(`sys/mounts/${path}/tune`, 'update'),
      ...(type === 'kv-v2' ? may(`${path}/config`, 'read') : []),
      ...(type === undefined || type === 'database' ? may(`sys/leases/revoke-prefix/${path}`, 'update', 'sudo') : []),
    ],
  }),
  irreversible: ([path = ''], { type }, live) =>
    live.exists === 'yes' && live.spec.type === 'kv' && type === 'kv-v2'
      ? `${path} gets versions for all that it holds, and Vault has no way back; who reads and writes it has to say ${path}/data/… from then on`
      : undefined,
  read: async (client, [path = ''], { type }) => {
    const live = liveEntry((await client.mounts()).get(path));
    if (type === 'kv') refuseDowngrade(path, live);
    return live;
  },
  inventory: async (client) => present(await client.mounts()),
  recognises: recognisingEntry('mounts'),
  write: (client, request) => writeEntry(client, 'mounts', request),
  // A run that was killed while it waited left the record begun: the next one waits on.
  settled: async (client, [path = ''], { type }) => (type === 'kv-v2' ? conversion(client, path) : undefined),
  losses: (client, [path = '']) => mountLosses(client, path),
  remove: async (client, [path = '']) => {
    const entry = (await client.mounts()).get(path);
    // Vault would do so itself; but it says here, and not in the middle, which lease cannot be ended.
    if (entry?.type === 'database') await endLeases(client, [path]);
    await client.remove(['sys', 'mounts', path]);
  },
});
