import { inject } from 'vitest';
import type { Fields } from '../../../src/engine/value.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { describeKind } from '../../support/kind-contract.ts';
import { resource } from '../../support/world.ts';
import { connect, stranger, uniqueName } from './server.ts';

const { kinds } = vault;
const opened = async () => [await connect()];
const isVault = () => inject('servers').vault.product === 'vault';

const engineAt = (path: string) => resource(`vault.mount/${path}`, { type: 'pki', maxLeaseTtl: '87600h' });
const rootAt = (mount: string, spec: Fields = {}) =>
  resource(`vault.pki-issuer/${mount}/root`, { commonName: 'Lab root', ttl: '87600h', key: 'ec-256', ...spec });

/** OpenBao has one of the eight. */
const lacksConstraints = () =>
  isVault()
    ? {}
    : {
        lacks: [
          'excludedDnsDomains',
          'permittedIpRanges',
          'excludedIpRanges',
          'permittedEmailAddresses',
          'excludedEmailAddresses',
          'permittedUriDomains',
          'excludedUriDomains',
        ],
      };

describeKind('vault.pki-issuer that signs itself', async () => {
  const mount = uniqueName('root');
  const subject = {
    organization: ['Lab', 'A "quoted", name + more'],
    ou: ['Platform'],
    country: ['DE'],
    locality: ['Köln'],
    province: ['NRW'],
    streetAddress: ['Street 1'],
    postalCode: ['50667'],
    altNames: ['pki.lab.internal', 'pki@lab.internal'],
    ipSans: ['10.0.0.1'],
    maxPathLength: 2,
  };
  const settings = {
    usage: ['read-only', 'issuing-certificates', 'crl-signing'],
    revocationSignature: 'ECDSAWithSHA256',
    issuingCertificates: ['http://pki.lab.internal/ca'],
    crlDistributionPoints: ['http://pki.lab.internal/crl'],
    ocspServers: ['http://pki.lab.internal/ocsp'],
    default: true,
  };
  const at = (spec: Fields) => rootAt(mount, { ...subject, ...settings, ...spec });
  return {
    connect: opened,
    kinds,
    example: [engineAt(mount), at({ leafNotAfter: 'truncate' })],
    changed: at({ leafNotAfter: 'permit', ocspServers: [] }),
    changes: ['leafNotAfter', 'ocspServers'],
    without: { resource: at({}), field: 'leafNotAfter' },
    ...lacksConstraints(),
    stranger: {
      add: async () => {
        await stranger('POST', `${mount}/root/generate/internal`, { common_name: 'other', issuer_name: 'other' });
      },
      isThere: async () => (await stranger('GET', `${mount}/issuer/other`)).status === 200,
    },
  };
});

describeKind('vault.pki-issuer that another one signs', async () => {
  const [above, mount] = [uniqueName('root'), uniqueName('intermediate')];
  const at = (spec: Fields) =>
    resource(`vault.pki-issuer/${mount}/int-2026`, {
      signedBy: `${above}/root`,
      commonName: 'lab.internal',
      organization: ['Lab'],
      altNames: ['lab.internal', 'lab.example'],
      ttl: '8760h',
      key: 'rsa-2048',
      maxPathLength: 0,
      default: true,
      ...spec,
    });
  return {
    connect: opened,
    kinds,
    example: [engineAt(above), rootAt(above), engineAt(mount), at({ usage: ['issuing-certificates'] })],
    changed: at({ usage: ['issuing-certificates', 'crl-signing'] }),
    changes: ['usage'],
    without: { resource: at({}), field: 'usage' },
    ...lacksConstraints(),
    stranger: {
      add: async () => {
        await stranger('PATCH', `${mount}/issuer/int-2026`, { ocsp_servers: ['http://ocsp.example'] });
      },
      isThere: async () =>
        (await stranger('GET', `${mount}/issuer/int-2026`)).body.data.ocsp_servers[0] === 'http://ocsp.example',
    },
  };
});

const onlyDomains = { permittedDnsDomains: ['lab.internal', '.below.example'] };
const onlyRanges = { excludedIpRanges: ['10.9.0.0/16'] };
const otherConstraints = (): Fields =>
  isVault()
    ? {
        excludedDnsDomains: ['bad.lab.internal'],
        permittedIpRanges: ['10.1.2.3/8', '2001:db8::/32'],
        permittedEmailAddresses: ['lab.internal', 'a@b.example'],
        excludedEmailAddresses: ['.bad.lab.internal'],
        permittedUriDomains: ['.lab.internal'],
        excludedUriDomains: ['.bad.lab.internal'],
      }
    : {};

describeKind('vault.pki-issuer that signs itself and some names only', async () => {
  const mount = uniqueName('root');
  const others: Fields = isVault() ? { ...onlyRanges, ...otherConstraints() } : {};
  return {
    connect: opened,
    kinds,
    example: [engineAt(mount), rootAt(mount, { ...others, ...onlyDomains })],
    changed: rootAt(mount, { ...others, permittedDnsDomains: ['lab.internal'] }),
    changes: ['permittedDnsDomains'],
    without: { resource: rootAt(mount, others), field: 'permittedDnsDomains' },
    ...lacksConstraints(),
  };
});

describeKind('vault.pki-issuer that may sign some names only', async () => {
  const [above, mount] = [uniqueName('root'), uniqueName('intermediate')];
  const at = (spec: Fields) =>
    resource(`vault.pki-issuer/${mount}/int-2026`, {
      signedBy: `${above}/root`,
      commonName: 'int.lab.internal',
      ttl: '8760h',
      key: 'ec-256',
      ...spec,
    });
  const others: Fields = isVault() ? { ...onlyRanges, ...otherConstraints() } : {};
  return {
    connect: opened,
    kinds,
    example: [
      engineAt(above),
      rootAt(above, { permittedDnsDomains: ['internal'] }),
      engineAt(mount),
      at({ ...others, ...onlyDomains }),
    ],
    changed: at({ ...others, permittedDnsDomains: ['lab.internal'] }),
    changes: ['permittedDnsDomains'],
    without: { resource: at(others), field: 'permittedDnsDomains' },
    ...lacksConstraints(),
  };
});

describeKind('vault.pki-urls', async () => {
  const mount = uniqueName('urls');
  const at = (spec: Fields) => resource(`vault.pki-urls/${mount}`, spec);
  const urls = {
    issuingCertificates: ['http://b.example/ca', 'http://a.example/ca'],
    crlDistributionPoints: ['http://a.example/crl'],
    deltaCrlDistributionPoints: ['http://a.example/delta'],
  };
  return {
    connect: opened,
    kinds,
    example: [engineAt(mount), at({ ...urls, templating: true })],
    changed: at({ ...urls, crlDistributionPoints: ['http://b.example/crl'], templating: true }),
    changes: ['crlDistributionPoints'],
    without: { resource: at(urls), field: 'templating' },
    stranger: {
      add: async () => {
        await stranger('POST', `${mount}/config/urls`, { ocsp_servers: ['http://ocsp.example'] });
      },
      isThere: async () =>
        (await stranger('GET', `${mount}/config/urls`)).body.data.ocsp_servers[0] === 'http://ocsp.example',
    },
  };
});

describeKind('vault.pki-crl', async () => {
  const mount = uniqueName('crl');
  const at = (spec: Fields) => resource(`vault.pki-crl/${mount}`, spec);
  const settings = {
    expiry: '96h',
    disable: false,
    ocspExpiry: '6h',
    ocspDisable: true,
    autoRebuild: true,
    delta: true,
    deltaRebuildInterval: '30m',
    ...(isVault() ? { maxEntries: 1000 } : {}),
  };
  return {
    connect: opened,
    kinds,
    example: [engineAt(mount), at({ ...settings, autoRebuildGracePeriod: '24h' })],
    changed: at({ ...settings, expiry: '120h', autoRebuildGracePeriod: '24h' }),
    changes: ['expiry'],
    without: { resource: at(settings), field: 'autoRebuildGracePeriod' },
    ...(isVault() ? {} : { lacks: ['maxEntries'] }),
  };
});

describeKind('vault.pki-tidy', async () => {
  const mount = uniqueName('tidy');
  const at = (spec: Fields) => resource(`vault.pki-tidy/${mount}`, { enabled: true, ...spec });
  const settings = {
    interval: '24h',
    ...(isVault() ? { minStartupBackoff: '20m', maxStartupBackoff: '90m' } : {}),
    certStore: true,
    revokedCerts: true,
    revokedCertIssuerAssociations: true,
    expiredIssuers: true,
    moveLegacyCaBundle: true,
    acme: true,
    issuerSafetyBuffer: '30d',
    acmeAccountSafetyBuffer: '1d',
    pauseDuration: '100s',
    maintainCounts: true,
    publishCounts: true,
  };
  return {
    connect: opened,
    kinds,
    example: [engineAt(mount), at({ ...settings, safetyBuffer: '1h' })],
    changed: at({ ...settings, safetyBuffer: '2h', pauseDuration: '1m', acme: false }),
    changes: ['safetyBuffer', 'pauseDuration', 'acme'],
    without: { resource: at(settings), field: 'safetyBuffer' },
    ...(isVault()
      ? {
          stranger: {
            add: async () => {
              await stranger('POST', `${mount}/config/auto-tidy`, { revocation_queue_safety_buffer: 7200 });
            },
            isThere: async () =>
              (await stranger('GET', `${mount}/config/auto-tidy`)).body.data.revocation_queue_safety_buffer === 7200,
          },
        }
      : { lacks: ['minStartupBackoff', 'maxStartupBackoff'] }),
  };
});
