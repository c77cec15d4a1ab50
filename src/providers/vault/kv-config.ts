import { z } from 'zod';
import { address } from '../../engine/address.ts';
import { defineKind } from '../../engine/define-kind.ts';
import { duration, parseDuration } from '../../engine/fields.ts';
import { clearable } from './clearable.ts';
import type { VaultClient } from './client.ts';
import { trimSlashes } from './path.ts';

const schema = z.strictObject({
  maxVersions: clearable(z.int().min(0), 0).describe('How many versions of a secret are kept; 0 = 10, as Vault has it.'),
  casRequired: clearable(z.boolean(), false).describe('Whether every write must name the version that it replaces.'),
  deleteVersionAfter: clearable(duration(), 0).describe('How long a version lives; 0 = for ever.'),
});

const answer = z.object({
  max_versions: z.number(),
  cas_required: z.boolean(),
  /** A Go duration, unlike every other duration that Vault answers. */
  delete_version_after: z.string(),
});

/** The settings of a KV version 2 engine. They are there from mount to unmount, so removal puts the defaults back. */
export const kvConfig = defineKind<typeof schema.shape, VaultClient>({
  kind: 'vault.kv-config',
  parts: [['MOUNT']],
  schema,
  fields: {
    maxVersions: { unset: 0 },
    casRequired: { unset: false },
    deleteVersionAfter: { unset: 0 },
  },
  ownership: 'whole',
  mark: 'parent',
  writes: 'merge',
  precondition: 're-read',
  identify: ([mount = '']) => [trimSlashes(mount)],
  parent: ([mount = '']) => address('vault.mount', mount),
  gates: () => ['vault.active'],
  read: async (client, [mount = '']) => {
    const live = await client.read([mount, 'config'], answer);
    if (live === undefined) return { exists: 'no' };
    const seconds = parseDuration(live.delete_version_after);
    return {
      exists: 'yes',
      spec: {
        maxVersions: live.max_versions,
        casRequired: live.cas_required,
        ...(seconds === undefined ? {} : { deleteVersionAfter: seconds }),
      },
      outputs: {},
    };
  },
  write: (client, { id: [mount = ''], spec }) =>
    client.write('POST', [mount, 'config'], {
      max_versions: spec.maxVersions,
      cas_required: spec.casRequired,
      delete_version_after: spec.deleteVersionAfter === undefined ? undefined : `${spec.deleteVersionAfter}s`,
    }),
  remove: async (client, [mount = '']) => {
    if ((await client.read([mount, 'config'], answer)) === undefined) return;
    await client.write('POST', [mount, 'config'], { max_versions: 0, cas_required: false, delete_version_after: '0s' });
  },
});
