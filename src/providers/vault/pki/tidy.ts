import { z } from 'zod';
import { defineKind } from '../../../engine/define-kind.ts';
import { duration } from '../../../engine/fields.ts';
import { clearable } from '../clearable.ts';
import type { VaultClient } from '../client.ts';
import { settingsKind } from './settings-kind.ts';

const [minute, hour, day] = [60, 3600, 24 * 3600];

const settings = {
  enabled: { wire: 'enabled', unset: false },
  interval: { wire: 'interval_duration', unset: 12 * hour },
  minStartupBackoff: { wire: 'min_startup_backoff_duration', unset: 5 * minute },
  maxStartupBackoff: { wire: 'max_startup_backoff_duration', unset: 15 * minute },
  certStore: { wire: 'tidy_cert_store', unset: false },
  revokedCerts: { wire: 'tidy_revoked_certs', unset: false },
  revokedCertIssuerAssociations: { wire: 'tidy_revoked_cert_issuer_associations', unset: false },
  expiredIssuers: { wire: 'tidy_expired_issuers', unset: false },
  moveLegacyCaBundle: { wire: 'tidy_move_legacy_ca_bundle', unset: false },
  acme: { wire: 'tidy_acme', unset: false },
  safetyBuffer: { wire: 'safety_buffer', unset: 72 * hour },
  issuerSafetyBuffer: { wire: 'issuer_safety_buffer', unset: 365 * day },
  acmeAccountSafetyBuffer: { wire: 'acme_account_safety_buffer', unset: 30 * day },
  pauseDuration: { wire: 'pause_duration', unset: 0 },
  maintainCounts: { wire: 'maintain_stored_certificate_counts', unset: false },
  publishCounts: { wire: 'publish_stored_certificate_count_metrics', unset: false },
} as const;

const flag = () => clearable(z.boolean(), false);
const atLeastASecond = (unset: number) =>
  clearable(
    duration().refine((seconds) => seconds > 0, 'must be a second or more'),
    unset,
  );

const schema = z.strictObject({
  enabled: z.boolean().describe('Whether Vault tidies by itself.'),
  interval: clearable(duration(), settings.interval.unset).describe('How long after one tidying the next one begins.'),
  minStartupBackoff: atLeastASecond(settings.minStartupBackoff.unset).describe(
    'How long after its start Vault waits at least.',
  ),
  maxStartupBackoff: atLeastASecond(settings.maxStartupBackoff.unset).describe('How long it waits at most.'),
  certStore: flag().describe('Whether certificates that have expired leave the store.'),
  revokedCerts: flag().describe('Whether those that were revoked leave it, and the list, once they have expired.'),
  revokedCertIssuerAssociations: flag().describe('Whether revoked ones are held against the issuers that there are.'),
  expiredIssuers: flag().describe('Whether issuers that have expired are removed; their keys stay.'),
  moveLegacyCaBundle: flag().describe('Whether the authority of a Vault before 1.11 moves to a place of its own.'),
  acme: flag().describe('Whether accounts, orders and authorisations of ACME that are over are removed.'),
  safetyBuffer: atLeastASecond(settings.safetyBuffer.unset).describe(
    'How long a certificate stays once it has expired.',
  ),
  issuerSafetyBuffer: atLeastASecond(settings.issuerSafetyBuffer.unset).describe('How long an issuer does.'),
  acmeAccountSafetyBuffer: atLeastASecond(settings.acmeAccountSafetyBuffer.unset).describe(
    'How long an account of ACME stays without an order.',
  ),
  pauseDuration: clearable(duration(), 0).describe('How long Vault pauses between two certificates.'),
  maintainCounts: flag().describe('Whether Vault counts what it stores.'),
  publishCounts: flag().describe('Whether these counts are metrics.'),
});

const chores = [
  'certStore',
  'revokedCerts',
  'revokedCertIssuerAssociations',
  'expiredIssuers',
  'moveLegacyCaBundle',
  'acme',
] as const satisfies readonly (keyof typeof settings)[];

/**
 * What a PKI engine clears away by itself. What is only for Vault Enterprise is left as it is. Removal puts the defaults
 * back, which count as absent.
 */
export const pkiTidy = defineKind<typeof schema.shape, VaultClient>({
  ...settingsKind('auto-tidy', settings),
  kind: 'vault.pki-tidy',
  schema,
  check: (spec) => {
    const {
      minStartupBackoff = settings.minStartupBackoff.unset,
      maxStartupBackoff = settings.maxStartupBackoff.unset,
    } = spec;
    if (spec.enabled && chores.every((chore) => spec[chore] !== true)) {
      return `nothing is to be tidied: say true for one of ${chores.join(', ')}`;
    }
    if (minStartupBackoff > maxStartupBackoff) return 'minStartupBackoff must not be longer than maxStartupBackoff';
    return spec.publishCounts === true && spec.maintainCounts !== true
      ? 'publishCounts needs maintainCounts'
      : undefined;
  },
});
