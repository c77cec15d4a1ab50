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

const everyOption = {
  issuer: 'root',
  ttl: '1h',
  maxTtl: '72h',
  notBeforeDuration: '1m',
  domains: ['lab.internal', 'Example.com'],
  domainTemplates: true,
  bareDomains: true,
  subdomains: true,
  globDomains: true,
  wildcards: false,
  localhost: false,
  anyName: false,
  enforceHostnames: false,
  ipSans: false,
  uriSans: ['spiffe://lab/*'],
  uriSanTemplates: true,
  otherSans: ['1.3.6.1.4.1.311.20.2.3;utf8:dev@lab.internal'],
  serialNumbers: ['1*'],
  userIds: ['u1'],
  requireCommonName: false,
  commonNameValidations: ['disabled'],
  serverFlag: false,
  clientFlag: false,
  codeSigningFlag: true,
  emailProtectionFlag: true,
  key: 'ec-384',
  signatureBits: 384,
  usePss: true,
  keyUsage: ['DigitalSignature', 'CRLSign'],
  extKeyUsage: ['TimeStamping', 'OCSPSigning'],
  extKeyUsageOids: ['1.3.6.1.5.5.7.3.17'],
  policyIdentifiers: ['1.3.6.1.4.1.1.1'],
  basicConstraintsForNonCa: true,
  useCsrCommonName: false,
  useCsrSans: false,
  serialNumberSource: 'json',
  organization: ['Lab', 'Other'],
  ou: ['Platform'],
  country: ['DE'],
  locality: ['Köln'],
  province: ['NRW'],
  streetAddress: ['Street 1'],
  postalCode: ['50667'],
  generateLease: true,
  noStore: false,
};

describeKind('vault.pki-role', async () => {
  const mount = uniqueName('roles');
  const { subdomains, serialNumberSource, ...known } = everyOption;
  const others: Fields = { ...known, ...(isVault() ? { serialNumberSource } : {}) };
  const at = (spec: Fields) => resource(`vault.pki-role/${mount}/Lab`, spec);
  return {
    connect: opened,
    kinds,
    example: [engineAt(mount), at({ ...others, subdomains })],
    changed: at({ ...others, subdomains, key: 'ed25519', maxTtl: '48h', domains: [] }),
    changes: ['domains', 'key', 'maxTtl'],
    without: { resource: at(others), field: 'subdomains' },
    ...(isVault() ? {} : { lacks: ['serialNumberSource'] }),
  };
});

describeKind('vault.pki-role of few words', async () => {
  const mount = uniqueName('roles');
  const at = (spec: Fields) => resource(`vault.pki-role/${mount}/lab`, { domains: ['lab.internal'], ...spec });
  return {
    connect: opened,
    kinds,
    example: [engineAt(mount), at({ notAfter: '2030-01-01T00:00:00Z' })],
    changed: at({ notAfter: '2031-01-01T00:00:00Z' }),
    changes: ['notAfter'],
    without: { resource: at({}), field: 'notAfter' },
    ...(isVault() ? {} : { lacks: ['serialNumberSource'] }),
    stranger: {
      add: async () => {
        await stranger('PATCH', `${mount}/roles/lab`, { organization: ['Strangers'] });
      },
      isThere: async () => (await stranger('GET', `${mount}/roles/lab`)).body.data.organization[0] === 'Strangers',
    },
  };
});
