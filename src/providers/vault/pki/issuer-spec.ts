import { z } from 'zod';
import { duration, sortedSet } from '../../../engine/fields.ts';
import type { FieldTraits, Live, Spec } from '../../../engine/resource.ts';
import { clearable } from '../clearable.ts';
import { issuerKeys } from './key.ts';
import { constraintFields, constraintShape } from './name-constraints.ts';

const usages = ['crl-signing', 'issuing-certificates', 'ocsp-signing', 'read-only'] as const;

// Vault lets every issuer be read, whatever else it may be used for.
const usageSet = z
  .array(z.enum(usages))
  .transform((items): string[] => [...new Set([...items, 'read-only'])].toSorted());

const signatureAlgorithms = [
  'SHA256WithRSA',
  'SHA384WithRSA',
  'SHA512WithRSA',
  'ECDSAWithSHA256',
  'ECDSAWithSHA384',
  'ECDSAWithSHA512',
  'SHA256WithRSAPSS',
  'SHA384WithRSAPSS',
  'SHA512WithRSAPSS',
  'Ed25519',
] as const;

const subject = () => sortedSet().optional();
const urls = () => clearable(sortedSet(), []);

/** An authority of a PKI engine. */
export const issuerSchema = z.strictObject({
  signedBy: z
    .string()
    .regex(/^.+\/[^/]+$/, 'must be MOUNT/ISSUER')
    .optional()
    .describe('MOUNT/ISSUER that signs its certificate. Unset: it signs itself and is a root.'),
  externalCsr: z
    .string()
    .regex(/^(?!\/)(?!(.*\/)?\.\.\/).+\.csr$/, 'must be a file of the folder of the manifest that ends in .csr')
    .optional()
    .describe(
      'The file that its request is written to, for somebody outside to sign; the certificate comes back as .crt.',
    ),
  commonName: z.string().min(1),
  organization: subject(),
  ou: subject(),
  country: subject(),
  locality: subject(),
  province: subject(),
  streetAddress: subject(),
  postalCode: subject(),
  altNames: subject().describe('Host names and mail addresses that the certificate names beside the common name.'),
  ipSans: subject(),
  ttl: duration().optional().describe('How long the certificate lives.'),
  key: z.enum(issuerKeys).optional().describe('ec-256, rsa-4096, …; as Vault has it: rsa-2048.'),
  maxPathLength: z.int().min(0).optional().describe('How many authorities may follow below it; unset: any number.'),
  ...constraintShape,
  usage: clearable(usageSet, [...usages]).describe('What Vault may use it for.'),
  leafNotAfter: clearable(z.enum(['err', 'truncate', 'permit', 'always_enforce_err']), 'err').describe(
    'What becomes of a certificate that would outlive the issuer.',
  ),
  revocationSignature: z
    .enum(signatureAlgorithms)
    .optional()
    .describe('How the list of revoked certificates is signed: SHA384WithRSA, …'),
  issuingCertificates: urls().describe('Where its certificate is found, instead of what `pki-urls` says.'),
  crlDistributionPoints: urls(),
  ocspServers: urls(),
  default: z.literal(true).optional().describe('Makes it the issuer of the mount that signs where none is named.'),
});

/** An issuer after parsing. */
export type IssuerSpec = Spec<typeof issuerSchema.shape>;

/** What its certificate says, once and for all. */
const certified: readonly (keyof IssuerSpec)[] = [
  'signedBy',
  'externalCsr',
  'commonName',
  'organization',
  'ou',
  'country',
  'locality',
  'province',
  'streetAddress',
  'postalCode',
  'altNames',
  'ipSans',
  'ttl',
  'key',
  'maxPathLength',
  ...constraintFields,
];

/** Traits of its fields. */
export const issuerFields: Readonly<Record<string, FieldTraits>> = {
  ...Object.fromEntries(certified.map((field) => [field, { immutable: true as const }])),
  usage: { unset: usages },
  leafNotAfter: { unset: 'err' },
  issuingCertificates: { unset: [] },
  crlDistributionPoints: { unset: [] },
  ocspServers: { unset: [] },
};

/** Whether writing it makes a new certificate: it is not there, or another one is wanted. */
const isNew = (spec: Partial<IssuerSpec>, live: Live): boolean =>
  live.exists !== 'yes' ||
  certified.some(
    (field) => spec[field] !== undefined && JSON.stringify(spec[field]) !== JSON.stringify(live.spec[field]),
  );

/** A root is trusted by hand, wherever it is: a new one is a new trust. */
export const newRoot = (spec: Partial<IssuerSpec>, live: Live): string | undefined =>
  spec.signedBy === undefined && spec.externalCsr === undefined && isNew(spec, live)
    ? 'it makes a new root certificate, which everybody who verifies certificates of it has to be given'
    : undefined;

const signersWord: readonly (keyof IssuerSpec)[] = ['ttl', 'maxPathLength', ...constraintFields];

/** What goes together, by who signs. */
export const checkIssuer = (spec: IssuerSpec): string | undefined => {
  const { signedBy, externalCsr, ttl } = spec;
  if (signedBy !== undefined && externalCsr !== undefined) return 'an authority has either signedBy or externalCsr';
  if (externalCsr === undefined) return ttl === undefined ? 'ttl is missing' : undefined;
  // A request of Vault has no room for them.
  const given = signersWord.find((field) => spec[field] !== undefined);
  return given === undefined ? undefined : `with externalCsr, ${given} is for whoever signs to say`;
};
