import { z } from 'zod';
import { defineKind } from '../../../engine/define-kind.ts';
import { duration } from '../../../engine/fields.ts';
import { clearable } from '../clearable.ts';
import type { VaultClient } from '../client.ts';
import { settingsKind } from './settings-kind.ts';

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

// Durations go with a unit: Vault keeps the text that it is given.
const durations = ['expiry', 'ocspExpiry', 'autoRebuildGracePeriod', 'deltaRebuildInterval'];

const toWire = (spec: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(spec).map(([field, value]) => [field, durations.includes(field) ? withUnit(value) : value]),
  );

const withUnit = (value: unknown): unknown => (typeof value === 'number' ? `${value}s` : value);

/**
 * How a PKI engine publishes what is revoked. Vault makes the list anew where `disable`, `delta` or `autoRebuild` change
 * and at no other write. Removal puts the defaults back, which count as absent.
 */
export const pkiCrl = defineKind<typeof schema.shape, VaultClient>({
  ...settingsKind('crl', settings, toWire),
  kind: 'vault.pki-crl',
  schema,
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
});
