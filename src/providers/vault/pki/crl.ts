import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import { duration } from '../../../engine/fields.ts';
import type { Spec } from '../../../engine/resource.ts';
import { clearable } from '../clearable.ts';
import type { VaultClient } from '../client.ts';
import { trimSlashes } from '../path.ts';
import { may } from '../rights.ts';
import { liveSettings, resetBody, settingsAnswer, settingsBody, settingsTraits } from './config.ts';

const settings = {
  expiry: { wire: 'expiry', unset: 72 * 3600 },
  disable: { wire: 'disable', unset: false },
  ocspExpiry: { wire: 'ocsp_expiry', unset: 12 * 3600 },
  ocspDisable: { wire: 'ocsp_disable', unset: false },
  autoRebuild: { wire: 'auto_rebuild', unset: false },
  autoRebuildGracePeriod: { wire: 'auto_rebuild_grace_period', unset: 12 * 3600 },
  delta: { wire: 'enable_delta', unset: false },
  deltaRebuildInterval: { wire: 'delta_rebuild_interval', unset: 15 * 60 },
  maxEntries: { wire: 'max_crl_entries', unset: 100_000 },
} as const;

const schema = z.strictObject({
  expiry: clearable(duration(), settings.expiry.unset).describe('How long a list of revoked certificates is valid.'),
  disable: clearable(z.boolean(), false).describe('Whether no list is made.'),
  ocspExpiry: clearable(duration(), settings.ocspExpiry.unset).describe('How long an OCSP answer is valid.'),
  ocspDisable: clearable(z.boolean(), false).describe('Whether OCSP is not answered.'),
  autoRebuild: clearable(z.boolean(), false).describe(
    'Whether the list is made anew shortly before it expires, and not at each revocation.',
  ),
  autoRebuildGracePeriod: clearable(duration(), settings.autoRebuildGracePeriod.unset).describe(
    'How long before it expires.',
  ),
  delta: clearable(z.boolean(), false).describe('Whether revocations between two lists go into a delta list.'),
  deltaRebuildInterval: clearable(duration(), settings.deltaRebuildInterval.unset).describe(
    'How often a delta list is made.',
  ),
  maxEntries: clearable(z.int().min(-1), settings.maxEntries.unset).describe(
    'How many certificates a list can hold; -1 = any number.',
  ),
});

const path = (mount: string): readonly string[] => [mount, 'config', 'crl'];

// Durations go with a unit: Vault keeps the text that it is given.
const withUnit = (seconds: number | undefined) => (seconds === undefined ? undefined : `${seconds}s`);

const toBody = (spec: Spec<typeof schema.shape>): object =>
  settingsBody(settings, {
    ...spec,
    expiry: withUnit(spec.expiry),
    ocspExpiry: withUnit(spec.ocspExpiry),
    autoRebuildGracePeriod: withUnit(spec.autoRebuildGracePeriod),
    deltaRebuildInterval: withUnit(spec.deltaRebuildInterval),
  });

/**
 * How a PKI engine publishes what is revoked. Vault makes the list anew where `disable`, `delta` or `autoRebuild` change
 * and at no other write. Removal puts the defaults back, which count as absent.
 */
export const pkiCrl = defineKind<typeof schema.shape, VaultClient>({
  kind: 'vault.pki-crl',
  parts: [['MOUNT']],
  schema,
  fields: settingsTraits(settings),
  ownership: 'whole',
  mark: 'parent',
  writes: 'merge',
  precondition: 're-read',
  identify: ([mount = '']) => [trimSlashes(mount)],
  parent: ([mount = '']) => address('vault.mount', mount),
  gates: () => ['vault.active'],
  rights: ([mount = '']) => ({
    plan: may(`${mount}/config/crl`, 'read'),
    apply: may(`${mount}/config/crl`, 'update'),
  }),
  check: ({
    expiry = settings.expiry.unset,
    autoRebuild = false,
    autoRebuildGracePeriod = settings.autoRebuildGracePeriod.unset,
    delta = false,
    deltaRebuildInterval = settings.deltaRebuildInterval.unset,
    maxEntries,
  }) => {
    if (autoRebuild && autoRebuildGracePeriod >= expiry) return 'autoRebuildGracePeriod must be shorter than expiry';
    if (delta && !autoRebuild) return 'delta needs autoRebuild: otherwise each revocation makes the whole list anew';
    if (delta && deltaRebuildInterval >= expiry) return 'deltaRebuildInterval must be shorter than expiry';
    return maxEntries === 0 ? 'maxEntries must be -1 or at least 1' : undefined;
  },
  read: async (client, [mount = ''], desired) =>
    liveSettings(settings, await client.read(path(mount), settingsAnswer), desired),
  write: (client, { id: [mount = ''], spec }) => client.write('POST', path(mount), toBody(spec)),
  remove: async (client, [mount = '']) => {
    const live = liveSettings(settings, await client.read(path(mount), settingsAnswer), { disable: true });
    if (live.exists === 'yes')
      await client.write('POST', path(mount), toBody(schema.parse(resetBody(settings, live.spec))));
  },
});
