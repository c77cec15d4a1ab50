import { z } from 'zod';
import { duration, sortedSet } from '../../../engine/fields.ts';
import type { FieldTraits, Spec } from '../../../engine/resource.ts';
import { clearable } from '../clearable.ts';
import type { Setting } from './config.ts';
import { settingsTraits } from './config.ts';
import { issuerKeys } from './key.ts';

// Vault's defaults: https://developer.hashicorp.com/vault/api-docs/secret/pki#create-update-role
const settings = {
  issuer: { wire: 'issuer_ref', unset: 'default' },
  ttl: { wire: 'ttl', unset: 0 },
  maxTtl: { wire: 'max_ttl', unset: 0 },
  notAfter: { wire: 'not_after', unset: '' },
  notBeforeDuration: { wire: 'not_before_duration', unset: 30 },
  domains: { wire: 'allowed_domains', unset: [] },
  domainTemplates: { wire: 'allowed_domains_template', unset: false },
  bareDomains: { wire: 'allow_bare_domains', unset: false },
  subdomains: { wire: 'allow_subdomains', unset: false },
  globDomains: { wire: 'allow_glob_domains', unset: false },
  wildcards: { wire: 'allow_wildcard_certificates', unset: true },
  localhost: { wire: 'allow_localhost', unset: true },
  anyName: { wire: 'allow_any_name', unset: false },
  enforceHostnames: { wire: 'enforce_hostnames', unset: true },
  ipSans: { wire: 'allow_ip_sans', unset: true },
  uriSans: { wire: 'allowed_uri_sans', unset: [] },
  uriSanTemplates: { wire: 'allowed_uri_sans_template', unset: false },
  otherSans: { wire: 'allowed_other_sans', unset: [] },
  serialNumbers: { wire: 'allowed_serial_numbers', unset: [] },
  userIds: { wire: 'allowed_user_ids', unset: [] },
  requireCommonName: { wire: 'require_cn', unset: true },
  commonNameValidations: { wire: 'cn_validations', unset: ['email', 'hostname'] },
  serverFlag: { wire: 'server_flag', unset: true },
  clientFlag: { wire: 'client_flag', unset: true },
  codeSigningFlag: { wire: 'code_signing_flag', unset: false },
  emailProtectionFlag: { wire: 'email_protection_flag', unset: false },
  keyUsage: { wire: 'key_usage', unset: ['DigitalSignature', 'KeyAgreement', 'KeyEncipherment'] },
  extKeyUsage: { wire: 'ext_key_usage', unset: [] },
  extKeyUsageOids: { wire: 'ext_key_usage_oids', unset: [] },
  policyIdentifiers: { wire: 'policy_identifiers', unset: [] },
  basicConstraintsForNonCa: { wire: 'basic_constraints_valid_for_non_ca', unset: false },
  usePss: { wire: 'use_pss', unset: false },
  useCsrCommonName: { wire: 'use_csr_common_name', unset: true },
  useCsrSans: { wire: 'use_csr_sans', unset: true },
  serialNumberSource: { wire: 'serial_number_source', unset: 'json-csr' },
  organization: { wire: 'organization', unset: [] },
  ou: { wire: 'ou', unset: [] },
  country: { wire: 'country', unset: [] },
  locality: { wire: 'locality', unset: [] },
  province: { wire: 'province', unset: [] },
  streetAddress: { wire: 'street_address', unset: [] },
  postalCode: { wire: 'postal_code', unset: [] },
  generateLease: { wire: 'generate_lease', unset: false },
  noStore: { wire: 'no_store', unset: false },
} as const satisfies Readonly<Record<string, Setting>>;

/** The settings of a role, save its key and its signature, by lab's names. */
export const roleSettings = settings;

const flag = (unset: boolean) => clearable(z.boolean(), unset);
const set = () => clearable(sortedSet(), []);
const seconds = (unset: number) => clearable(duration(), unset);

const keyUsages = [
  'CertSign',
  'ContentCommitment',
  'CRLSign',
  'DataEncipherment',
  'DecipherOnly',
  'DigitalSignature',
  'EncipherOnly',
  'KeyAgreement',
  'KeyEncipherment',
];

const keyUsageSet = sortedSet(z.enum(keyUsages));

const validations = sortedSet().refine(
  (items) =>
    items.join() === 'disabled' || (items.length > 0 && items.every((item) => item === 'email' || item === 'hostname')),
  { message: 'must be email, hostname or both, or disabled alone' },
);

/** What a role of a PKI engine lets in. Unset options are as Vault has them. */
export const roleSchema = z.strictObject({
  issuer: clearable(z.string().min(1), 'default').describe(
    'The issuer that signs, by name; default: that of the mount.',
  ),
  ttl: seconds(0).describe('How long a certificate lives if its request does not say; 0 = as the mount has it.'),
  maxTtl: seconds(0).describe('How long it can live at most; 0 = as the mount has it.'),
  notAfter: clearable(z.string(), '').describe('A date that all certificates end at: 2030-01-01T00:00:00Z.'),
  notBeforeDuration: seconds(30).describe('How long before its making a certificate begins to be valid.'),
  domains: set().describe('Domains that certificates may name, as the next options have it.'),
  domainTemplates: flag(false).describe('Whether `{{identity…}}` in `domains` is filled in.'),
  bareDomains: flag(false).describe('Whether those domains themselves may be named.'),
  subdomains: flag(false).describe('Whether names below them may.'),
  globDomains: flag(false).describe('Whether `*` in `domains` stands for any text.'),
  wildcards: flag(true).describe('Whether certificates may be for `*.DOMAIN`.'),
  localhost: flag(true).describe('Whether localhost may be named.'),
  anyName: flag(false).describe('Whether any name may be named.'),
  enforceHostnames: flag(true).describe('Whether names must be host names.'),
  ipSans: flag(true).describe('Whether IP addresses may be named.'),
  uriSans: set().describe('URIs that may be named; `*` stands for any text.'),
  uriSanTemplates: flag(false).describe('Whether `{{identity…}}` in `uriSans` is filled in.'),
  otherSans: set().describe('Other names that may be given: OID;UTF8:VALUE, or `*`.'),
  serialNumbers: set().describe('Serial numbers that the subject may have.'),
  userIds: set().describe('User ids that the subject may have.'),
  requireCommonName: flag(true),
  commonNameValidations: clearable(validations, ['email', 'hostname']).describe('What the common name must be.'),
  serverFlag: flag(true).describe('Whether certificates are for servers.'),
  clientFlag: flag(true).describe('Whether they are for clients.'),
  codeSigningFlag: flag(false),
  emailProtectionFlag: flag(false),
  key: clearable(z.enum([...issuerKeys, 'any']), 'rsa-2048').describe(
    'The key of each certificate: ec-256, rsa-4096, …',
  ),
  signatureBits: clearable(z.union([z.literal(256), z.literal(384), z.literal(512)]), 256).describe(
    'The hash of signatures by an RSA key.',
  ),
  usePss: flag(false).describe('Whether an RSA key signs with PSS.'),
  keyUsage: clearable(keyUsageSet, [...settings.keyUsage.unset]),
  extKeyUsage: set().describe('Uses besides those of the flags: TimeStamping, OCSPSigning, …'),
  extKeyUsageOids: set(),
  policyIdentifiers: set().describe('OIDs of certificate policies.'),
  basicConstraintsForNonCa: flag(false),
  useCsrCommonName: flag(true).describe('Whether signing takes the common name of the request.'),
  useCsrSans: flag(true).describe('Whether signing takes the other names of the request.'),
  serialNumberSource: clearable(z.enum(['json-csr', 'json']), 'json-csr'),
  organization: set(),
  ou: set(),
  country: set(),
  locality: set(),
  province: set(),
  streetAddress: set(),
  postalCode: set(),
  generateLease: flag(false).describe('Whether each certificate is a lease, too.'),
  noStore: flag(false).describe(
    'Whether certificates are not kept: they can then not be revoked by their serial number.',
  ),
});

/** A role after parsing. */
export type RoleSpec = Spec<typeof roleSchema.shape>;

const grants = ['domains', 'uriSans', 'otherSans', 'serialNumbers', 'userIds', 'anyName'];

/** Traits of a role's fields. What says whose names it may certify is a grant. */
export const roleFields: Readonly<Record<string, FieldTraits>> = {
  ...Object.fromEntries(
    Object.entries(settingsTraits(settings)).map(([field, trait]) => [
      field,
      grants.includes(field) ? { ...trait, grant: true as const } : trait,
    ]),
  ),
  key: { unset: 'rsa-2048' },
  signatureBits: { unset: 256 },
};

/** What Vault refuses, or drops without a word. */
export const checkRole = ({ ttl = 0, maxTtl = 0, notAfter = '', noStore, generateLease }: RoleSpec) => {
  if (maxTtl > 0 && ttl > maxTtl) return 'ttl must not be longer than maxTtl';
  if (ttl > 0 && notAfter !== '') return 'a certificate ends by ttl or at notAfter, not by both';
  return noStore === true && generateLease === true ? 'a certificate with noStore cannot have a lease' : undefined;
};
