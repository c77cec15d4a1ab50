import { z } from 'zod';
import { duration } from '../../engine/fields.ts';
import { fileName } from './source.ts';

const name = () =>
  z.string().regex(/^\w([\w.-]*\w)?$/, 'is no name below a PKI mount; use letters, digits, "_", "-" and "."');

const texts = () =>
  z.union([
    z
      .string()
      .min(1)
      .transform((text) => [text]),
    z.array(z.string().min(1)),
  ]);

// Fields that are all alike, by their names; what each means stands with the kinds.
const each = <Type extends z.ZodType>(names: string, type: () => Type): Readonly<Record<string, z.ZodOptional<Type>>> =>
  Object.fromEntries(names.split(' ').map((field) => [field, type().optional()]));

const flag = () => z.boolean();

const authority = {
  commonName: z.string().min(1),
  ttl: duration().optional().describe('How long its certificate lives'),
  key: z.string().min(1).optional().describe('ec-256, rsa-4096, ed25519, …; Vault: rsa-2048'),
  maxPathLength: z.int().min(0).optional().describe('How many authorities may follow below it'),
  leafNotAfter: z.enum(['err', 'truncate', 'permit', 'always_enforce_err']).optional(),
  revocationSignature: z.string().min(1).optional(),
  ...each('organization ou country locality province streetAddress postalCode ipSans usage', texts),
  altNames: texts().optional().describe('Host names and mail addresses beside commonName'),
  ...each('issuingCertificates crlDistributionPoints ocspServers', texts),
  permittedDnsDomains: texts().optional().describe('The only domains that certificates below it may name'),
  excludedDnsDomains: texts().optional().describe('Domains that they may not name'),
  ...each('permittedIpRanges excludedIpRanges', texts),
  ...each('permittedEmailAddresses excludedEmailAddresses permittedUriDomains excludedUriDomains', texts),
};

const self = z.strictObject(authority);

const issuer = z
  .strictObject({
    self: self.optional().describe('A root: it signs itself; needs allowIrreversible'),
    signedBy: z
      .string()
      .regex(/^.+\/[^/]+$/, 'must be MOUNT/ISSUER')
      .optional()
      .describe('MOUNT/ISSUER that signs it'),
    externalCsr: fileName()
      .refine((file) => file.endsWith('.csr'), 'must end in .csr')
      .optional()
      .describe('The file for its request, which somebody outside signs'),
    ...authority,
    commonName: authority.commonName.optional(),
  })
  .superRefine(({ self: root, signedBy, externalCsr, commonName, ...others }, context) => {
    const complain = (message: string) => context.addIssue({ code: 'custom', message });
    const ways = [root, signedBy, externalCsr].filter((way) => way !== undefined);
    if (ways.length !== 1) return complain('must have one of self, signedBy and externalCsr');
    const beside = Object.entries({ commonName, ...others }).find(([, value]) => value !== undefined);
    if (root !== undefined && beside !== undefined) return complain(`${beside[0]} belongs into self`);
    return root === undefined && commonName === undefined ? complain('needs a commonName') : undefined;
  });

const role = z.strictObject({
  ...each('notBeforeDuration', duration),
  ...each('uriSans otherSans serialNumbers userIds commonNameValidations keyUsage extKeyUsage extKeyUsageOids', texts),
  ...each('policyIdentifiers organization ou country locality province streetAddress postalCode', texts),
  ...each('wildcards enforceHostnames ipSans uriSanTemplates requireCommonName serverFlag clientFlag', flag),
  ...each('codeSigningFlag emailProtectionFlag basicConstraintsForNonCa usePss useCsrCommonName useCsrSans', flag),
  ...each('noStore', flag),
  issuer: name().optional().describe('The issuer that signs; Vault: the default one of the mount'),
  ttl: duration().optional(),
  maxTtl: duration().optional(),
  key: z.string().min(1).optional().describe('ec-256, rsa-4096, ed25519, …, any; Vault: rsa-2048'),
  signatureBits: z.int().optional(),
  notAfter: z.string().min(1).optional(),
  serialNumberSource: z.enum(['json-csr', 'json']).optional(),
  domains: texts().optional().describe('Domains that certificates may name, as the next options have it'),
  bareDomains: flag().optional().describe('Those domains themselves may be named'),
  subdomains: flag().optional().describe('Names below them may'),
  globDomains: flag().optional().describe('`*` in domains stands for any text'),
  domainTemplates: flag().optional().describe('`{{identity…}}` in domains is filled in'),
  localhost: flag().optional().describe('localhost may be named; Vault: true'),
  anyName: flag().optional(),
  generateLease: flag().optional(),
});

const urls = z.strictObject({
  ...each('issuingCertificates crlDistributionPoints deltaCrlDistributionPoints ocspServers', texts),
  templating: z.boolean().optional(),
});

const crl = z.strictObject({
  ...each('expiry ocspExpiry autoRebuildGracePeriod deltaRebuildInterval', duration),
  ...each('disable ocspDisable autoRebuild delta', flag),
  maxEntries: z.int().optional(),
});

const tidy = z.strictObject({
  enabled: z.boolean().describe('Whether Vault tidies by itself'),
  ...each('interval minStartupBackoff maxStartupBackoff pauseDuration', duration),
  ...each('safetyBuffer issuerSafetyBuffer acmeAccountSafetyBuffer', duration),
  ...each('certStore revokedCerts revokedCertIssuerAssociations expiredIssuers moveLegacyCaBundle acme', flag),
  ...each('maintainCounts publishCounts', flag),
});

/** An entry of `vault.mounts` of type `pki`. */
export const pkiMount = z.strictObject({
  type: z.literal('pki'),
  description: z.string().optional(),
  defaultTtl: duration().optional().describe('How long a certificate lives that is not asked to live otherwise'),
  maxTtl: duration().optional().describe('How long any certificate of it can live; Vault: 768h'),
  issuers: z.record(name(), issuer).default({}),
  defaultIssuer: name().optional().describe('Which of them signs where none is named'),
  urls: urls.optional().describe('Where certificates say more is found'),
  crl: crl.optional().describe('The list of what is revoked'),
  tidy: tidy.optional().describe('What Vault clears away by itself'),
  roles: z.record(name(), role).default({}),
});

/** Its output. */
export type PkiMount = z.output<typeof pkiMount>;
