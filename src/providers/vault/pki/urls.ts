import { z } from 'zod';
import { defineKind } from '../../../engine/define-kind.ts';
import { sortedSet } from '../../../engine/fields.ts';
import { clearable } from '../clearable.ts';
import type { VaultClient } from '../client.ts';
import { settingsKind } from './settings-kind.ts';

const urls = () => clearable(sortedSet(), []);

const schema = z.strictObject({
  issuingCertificates: urls().describe('Where the certificate of the issuer is found.'),
  crlDistributionPoints: urls().describe('Where the list of revoked certificates is found.'),
  deltaCrlDistributionPoints: urls().describe('Where its latest additions are found.'),
  ocspServers: urls().describe('Who answers whether a certificate is revoked.'),
  templating: clearable(z.boolean(), false).describe(
    'Whether `{{issuer_id}}`, `{{cluster_path}}` and `{{cluster_aia_path}}` are filled in.',
  ),
});

const settings = {
  issuingCertificates: { wire: 'issuing_certificates', unset: [] },
  crlDistributionPoints: { wire: 'crl_distribution_points', unset: [] },
  deltaCrlDistributionPoints: { wire: 'delta_crl_distribution_points', unset: [] },
  ocspServers: { wire: 'ocsp_servers', unset: [] },
  templating: { wire: 'enable_templating', unset: false },
} as const;

/**
 * What a PKI engine writes into its certificates about itself. It only goes into certificates that are issued from then
 * on. Removal puts the defaults back, which count as absent.
 */
export const pkiUrls = defineKind<typeof schema.shape, VaultClient>({
  ...settingsKind('urls', settings),
  kind: 'vault.pki-urls',
  schema,
});
