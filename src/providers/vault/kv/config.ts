import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import { duration } from '../../../engine/fields.ts';
import type { Spec } from '../../../engine/resource.ts';
import { clearable } from '../clearable.ts';
import type { VaultClient } from '../client.ts';
import { onceConverted } from '../mounts/kv-upgrade.ts';
import { trimSlashes } from '../path.ts';
import { inWords, recognising } from '../recognising.ts';
import { may } from '../rights.ts';

const schema = z.strictObject({
  maxVersions: clearable(z.int().min(0), 0).describe(
    'How many versions of a secret are kept; 0 = 10, as Vault has it.',
  ),
  casRequired: clearable(z.boolean(), false).describe('Whether every write must name the version that it replaces.'),
  deleteVersionAfter: clearable(duration(), 0).describe('How long a version lives; 0 = for ever.'),
});

const answer = z.object({
  max_versions: z.number(),
  cas_required: z.boolean(),
  /** A Go duration, unlike every other duration that Vault answers. */
  delete_version_after: duration(),
});

const words = {
  maxVersions: 'max_versions',
  casRequired: 'cas_required',
  deleteVersionAfter: 'delete_version_after',
};

type Settings = {
  readonly maxVersions: number;
  readonly casRequired: boolean;
  readonly deleteVersionAfter: number;
};

const defaults: Settings = { maxVersions: 0, casRequired: false, deleteVersionAfter: 0 };

/**
 * The settings of a KV version 2 engine. They are there from mount to unmount: removal puts the defaults back, and
 * settings that are all at their defaults count as absent, unless defaults are all that is asked for.
 */
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
  rights: ([mount = '']) => ({ plan: may(`${mount}/config`, 'read'), apply: may(`${mount}/config`, 'update') }),
  read: async (client, [mount = ''], desired) => {
    const live = await onceConverted(mount, readSettings(client, mount));
    if (live === undefined || (isSame(live, defaults) && !isSame(withDefaults(desired), defaults)))
      return { exists: 'no' };
    return { exists: 'yes', spec: live, outputs: {} };
  },
  recognises: recognising(([mount = '']) => [mount, 'config'], words),
  write: (client, { id: [mount = ''], spec }) => client.write('POST', [mount, 'config'], toBody(spec)),
  remove: async (client, [mount = '']) => {
    const live = await readSettings(client, mount);
    if (live !== undefined && !isSame(live, defaults)) await client.write('POST', [mount, 'config'], toBody(defaults));
  },
});

const withDefaults = ({
  maxVersions = 0,
  casRequired = false,
  deleteVersionAfter = 0,
}: Spec<typeof schema.shape>): Settings => ({ maxVersions, casRequired, deleteVersionAfter });

const isSame = (left: Settings, right: Settings): boolean =>
  left.maxVersions === right.maxVersions &&
  left.casRequired === right.casRequired &&
  left.deleteVersionAfter === right.deleteVersionAfter;

const readSettings = async (client: VaultClient, mount: string): Promise<Settings | undefined> => {
  const live = await client.read([mount, 'config'], answer);
  if (live === undefined) return undefined;
  return {
    maxVersions: live.max_versions,
    casRequired: live.cas_required,
    deleteVersionAfter: live.delete_version_after,
  };
};

const toBody = (spec: Spec<typeof schema.shape>): object => ({
  ...inWords(words, spec),
  delete_version_after: spec.deleteVersionAfter === undefined ? undefined : `${spec.deleteVersionAfter}s`,
});
