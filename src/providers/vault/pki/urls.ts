import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import { sortedSet } from '../../../engine/fields.ts';
import { clearable } from '../clearable.ts';
import type { VaultClient } from '../client.ts';
import { trimSlashes } from '../path.ts';
import { may } from '../rights.ts';
import { liveSettings, resetBody, settingsAnswer, settingsBody, settingsTraits } from './config.ts';

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

const path = (mount: string): readonly string[] => [mount, 'config', 'urls'];

/**
 * What a PKI engine writes into its certificates about itself. It only goes into certificates that are issued from then
 * on. Removal puts the defaults back, which count as absent.
 */
export const pkiUrls = defineKind<typeof schema.shape, VaultClient>({
  kind: 'vault.pki-urls',
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
    plan: may(`${mount}/config/urls`, 'read'),
    apply: may(`${mount}/config/urls`, 'update'),
  }),
  read: async (client, [mount = ''], desired) =>
    liveSettings(settings, await client.read(path(mount), settingsAnswer), desired),
  write: (client, { id: [mount = ''], spec }) => client.write('POST', path(mount), settingsBody(settings, spec)),
  remove: async (client, [mount = '']) => {
    const live = liveSettings(settings, await client.read(path(mount), settingsAnswer), { templating: true });
    if (live.exists === 'yes')
      await client.write('POST', path(mount), settingsBody(settings, resetBody(settings, live.spec)));
  },
});
