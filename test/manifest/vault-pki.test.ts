import { describe, expect, test } from 'vitest';
import { pkiMount } from '../../src/manifest/schema/vault-pki.ts';
import { vault } from '../../src/providers/vault/index.ts';
import { complaintsAbout, expanded, resourceAt } from './support/load.ts';

const manifest = (...lines: readonly string[]) => `apiVersion: lab/v1
name: demo
cluster: { context: c }
vault:
  address: https://v
  login: { auth: token, token: { env: T } }
  mounts:
${lines.map((line) => `    ${line}\n`).join('')}`;

const chain = [
  'pki-root:',
  '  type: pki',
  '  maxTtl: 87600h',
  '  issuers: { root-2026: { self: { commonName: Lab root, ttl: 87600h, key: ec-256 } } }',
  'pki:',
  '  type: pki',
  '  description: For workloads',
  '  maxTtl: 8760h',
  '  issuers: { int-2026: { signedBy: pki-root/root-2026, commonName: Lab, ttl: 8760h } }',
  '  defaultIssuer: int-2026',
  '  urls: { crlDistributionPoints: "http://pki.lab.internal/crl" }',
  '  crl: { autoRebuild: true, expiry: 96h }',
  '  tidy: { enabled: true, certStore: true, safetyBuffer: 1d }',
  '  roles: { lab: { domains: [lab.internal], subdomains: true, maxTtl: 72h } }',
];

test('a PKI mount is settings, authorities and roles', async () => {
  const loaded = await expanded(manifest(...chain));
  expect(loaded.resources.map(({ address, spec }) => [address, spec])).toEqual([
    ['vault.mount/pki-root', { type: 'pki', maxLeaseTtl: 315_360_000 }],
    ['vault.pki-issuer/pki-root/root-2026', { commonName: 'Lab root', ttl: 315_360_000, key: 'ec-256' }],
    ['vault.mount/pki', { type: 'pki', description: 'For workloads', maxLeaseTtl: 31_536_000 }],
    ['vault.pki-urls/pki', { crlDistributionPoints: ['http://pki.lab.internal/crl'] }],
    ['vault.pki-crl/pki', { autoRebuild: true, expiry: 345_600 }],
    ['vault.pki-tidy/pki', { enabled: true, certStore: true, safetyBuffer: 86_400 }],
    [
      'vault.pki-issuer/pki/int-2026',
      { signedBy: 'pki-root/root-2026', commonName: 'Lab', ttl: 31_536_000, default: true },
    ],
    ['vault.pki-role/pki/lab', { domains: ['lab.internal'], subdomains: true, maxTtl: 259_200 }],
  ]);
  expect(resourceAt(loaded, 'vault.pki-role/pki/lab').dependsOn).toEqual(['vault.pki-issuer/pki/int-2026']);
});

test('the request of an authority that somebody outside signs lies in the folder of the manifest', async () => {
  const at = (file: string) =>
    manifest('pki:', '  type: pki', `  issuers: { int: { externalCsr: ${file}, commonName: Lab } }`);
  const { spec } = resourceAt(await expanded(at('ca/int.csr')), 'vault.pki-issuer/pki/int');
  expect(spec).toEqual({ externalCsr: 'ca/int.csr', commonName: 'Lab' });
  expect(await complaintsAbout(at('../int.csr'))).toEqual([expect.stringContaining('must lie in the folder')]);
  expect(await complaintsAbout(at('int.pem'))).toEqual([expect.stringContaining('must end in .csr')]);
});

describe('is refused before anything is made', () => {
  const issuers = (text: string, more = '') =>
    manifest(
      ...chain.slice(0, 4),
      'pki:',
      '  type: pki',
      `  issuers: { int: ${text} }`,
      ...(more === '' ? [] : [more]),
    );

  test.each([
    ['{ commonName: Lab, ttl: 1h }', /one of self, signedBy and externalCsr/],
    ['{ self: { commonName: Lab, ttl: 1h }, signedBy: pki-root/root-2026 }', /one of self, signedBy and externalCsr/],
    ['{ self: { commonName: Lab }, ttl: 1h }', /ttl belongs into self/],
    ['{ self: { commonName: Lab } }', /ttl is missing/],
    ['{ signedBy: pki-root/root-2026, ttl: 1h }', /needs a commonName/],
    ['{ signedBy: pki-root/root-2025, commonName: Lab, ttl: 1h }', /no issuer root-2025.*root-2026/],
    ['{ signedBy: pki-root/root-2026, commonName: Lab, ttl: 87601h }', /longer than that of pki-root\/root-2026/],
    ['{ externalCsr: a.csr, commonName: Lab, ttl: 1h }', /for whoever signs/],
    ['{ externalCsr: a.csr, commonName: Lab, excludedDnsDomains: x }', /excludedDnsDomains is for whoever signs/],
    ['{ self: { commonName: Lab, ttl: 1h, permittedDnsDomains: "*.lab.internal" } }', /"\*.lab.internal" is no domain/],
    ['{ self: { commonName: Lab, ttl: 1h, permittedIpRanges: 10.0.0.1 } }', /"10.0.0.1" is no range of addresses/],
    ['{ self: { commonName: Lab, ttl: 1h, excludedIpRanges: ["10.0.0.0/33"] } }', /"10.0.0.0\/33" is no range/],
    ['{ self: { commonName: Lab, ttl: 1h, permittedEmailAddresses: "@x" } }', /"@x" is no mail address/],
    ['{ self: { commonName: Lab, ttl: 1h, excludedUriDomains: 10.0.0.1 } }', /"10.0.0.1" is no domain/],
    ['{ self: { commonName: Lab, ttl: 1h, permittedDnsDomains: [] } }', /leave it out for any/],
    ['{ self: { commonName: Lab, ttl: 1h }, permittedDnsDomains: x }', /permittedDnsDomains belongs into self/],
    ['{ self: { commonName: Lab, ttl: 1h, key: rsa-1024 } }', /key/],
    ['{ self: { commonName: Lab, ttl: 1h, comonName: x } }', /commonName/],
  ])('an issuer %s', async (text, expected) => {
    expect((await complaintsAbout(issuers(text))).join('\n')).toMatch(expected);
  });

  test('an authority whose own name one above it may not sign', async () => {
    const below = (names: string, more = '') =>
      manifest(
        'pki-root:',
        '  type: pki',
        '  issuers: { root: { self: { commonName: Root, ttl: 24h, permittedDnsDomains: lab.internal } } }',
        'pki-mid:',
        '  type: pki',
        '  issuers: { mid: { signedBy: pki-root/root, commonName: Lab mid, ttl: 9h, excludedDnsDomains: [bad.lab.internal] } }',
        'pki:',
        '  type: pki',
        `  issuers: { int: { signedBy: pki-mid/mid, ttl: 1h, commonName: ${names}${more} } }`,
      );
    expect(await complaintsAbout(below('Lab below', ', altNames: [INT.lab.internal, a@b.example]'))).toEqual([]);
    expect(await complaintsAbout(below('lab', ', altNames: [int.bad.lab.internal]'))).toMatchInlineSnapshot(`
      [
        "lab.yaml:16:69 vault.mounts.pki.issuers.int.commonName: lab is a host name that pki-root/root may not sign (permittedDnsDomains: lab.internal); Vault would refuse it. A common name with a space in it is no host name",
        "lab.yaml:16:74 vault.mounts.pki.issuers.int.altNames: int.bad.lab.internal is a host name that pki-mid/mid may not sign (excludedDnsDomains: bad.lab.internal); Vault would refuse it",
      ]
    `);
  });

  test('a life that the mount would cut, a default and a role of an issuer that is not there', async () => {
    const wrong = [
      'pki:',
      '  type: pki',
      '  maxTtl: 1h',
      '  issuers: { int: { self: { commonName: Lab, ttl: 2h } } }',
      '  defaultIssuer: imt',
      '  roles: { lab: { issuer: other, domains: [lab.internal] } }',
    ];
    expect(await complaintsAbout(manifest(...wrong))).toMatchInlineSnapshot(`
      [
        "lab.yaml:11:55 vault.mounts.pki.issuers.int.self.ttl: is longer than maxTtl of the mount pki; it would be cut",
        "lab.yaml:12:22 vault.mounts.pki.defaultIssuer: is no issuer of this mount. Did you mean int?",
        "lab.yaml:13:31 vault.mounts.pki.roles.lab.issuer: is no issuer of this mount",
      ]
    `);
  });
});

test('roles, settings and authorities have every word that their kinds have', () => {
  const { roles, issuers, urls, crl, tidy } = pkiMount.shape;
  const wordsOf = (kind: string) =>
    Object.keys(vault.kinds.find((candidate) => candidate.kind === kind)?.schema.shape ?? {}).toSorted();
  const sorted = (shape: object) => Object.keys(shape).toSorted();
  expect(sorted(roles.unwrap().valueType.shape)).toEqual(wordsOf('vault.pki-role'));
  expect(sorted(urls.unwrap().shape)).toEqual(wordsOf('vault.pki-urls'));
  expect(sorted(crl.unwrap().shape)).toEqual(wordsOf('vault.pki-crl'));
  expect(sorted(tidy.unwrap().shape)).toEqual(wordsOf('vault.pki-tidy'));
  const { self, ...authority } = issuers.unwrap().valueType.shape;
  expect(self).toBeDefined();
  // `default` is said once for the mount.
  expect(sorted({ ...authority, default: true })).toEqual(wordsOf('vault.pki-issuer'));
});
