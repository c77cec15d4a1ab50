import { X509Certificate } from 'node:crypto';
import { entryOf } from '../content.ts';
import type { Call } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { absent, done, found, namesOf, type Result, refused, together } from '../result.ts';
import type { PkiStore, Role } from './content.ts';
import { keyBits } from './keys.ts';
import { findIssuer, storeOf } from './store.ts';

/** What a role takes. */
export const roleFields = {
  ttl: 'seconds',
  max_ttl: 'seconds',
  allow_localhost: 'bool',
  allowed_domains: 'commaList',
  allowed_domains_template: 'bool',
  allow_bare_domains: 'bool',
  allow_subdomains: 'bool',
  allow_glob_domains: 'bool',
  allow_wildcard_certificates: 'bool',
  allow_any_name: 'bool',
  allowed_uri_sans: 'commaList',
  allowed_uri_sans_template: 'bool',
  enforce_hostnames: 'bool',
  allow_ip_sans: 'bool',
  allowed_other_sans: 'commaList',
  allowed_serial_numbers: 'commaList',
  allowed_user_ids: 'commaList',
  server_flag: 'bool',
  client_flag: 'bool',
  code_signing_flag: 'bool',
  email_protection_flag: 'bool',
  key_type: 'string',
  key_bits: 'int',
  signature_bits: 'int',
  use_pss: 'bool',
  use_csr_common_name: 'bool',
  use_csr_sans: 'bool',
  serial_number_source: 'string',
  key_usage: 'commaList',
  ext_key_usage: 'commaList',
  ext_key_usage_oids: 'commaList',
  ou: 'commaList',
  organization: 'commaList',
  country: 'commaList',
  locality: 'commaList',
  province: 'commaList',
  street_address: 'commaList',
  postal_code: 'commaList',
  generate_lease: 'bool',
  no_store: 'bool',
  require_cn: 'bool',
  cn_validations: 'commaList',
  policy_identifiers: 'commaList',
  basic_constraints_valid_for_non_ca: 'bool',
  not_before_duration: 'seconds',
  not_after: 'string',
  issuer_ref: 'string',
} as const;

const unset: Readonly<Record<string, unknown>> = { string: '', bool: false, seconds: 0, int: 0, commaList: [] };

const defaults: Role = {
  ...Object.fromEntries(Object.entries(roleFields).map(([field, type]) => [field, unset[type]])),
  allow_token_displayname: false,
  allow_localhost: true,
  allow_wildcard_certificates: true,
  enforce_hostnames: true,
  allow_ip_sans: true,
  server_flag: true,
  client_flag: true,
  key_type: 'rsa',
  use_csr_common_name: true,
  use_csr_sans: true,
  serial_number_source: 'json-csr',
  key_usage: ['DigitalSignature', 'KeyAgreement', 'KeyEncipherment'],
  require_cn: true,
  cn_validations: ['email', 'hostname'],
  not_before_duration: 30,
  issuer_ref: 'default',
};

const nameOf = ({ params: [name = ''] }: Call): string => name;

/** A role by the name in the path. */
export const roleOf = (call: Call): Role | undefined => entryOf(storeOf(call).roles, nameOf(call));

export const readRole = (call: Call): Result => {
  const role = roleOf(call);
  return role === undefined ? absent : found(role);
};

export const listRoles = (call: Call): Result => namesOf(Object.keys(storeOf(call).roles));

export const deleteRole = (call: Call): Result => {
  delete storeOf(call).roles[nameOf(call)];
  call.vault.changed();
  return done;
};

type Given = Values<typeof roleFields>;

/** POST: a role of what is named, all else at its default. */
export const writeRole = (call: Call, given: Given): Result => store(call, { ...defaults, ...given });

/** PATCH: changes what is named. */
export const patchRole = (call: Call, given: Given): Result => {
  const role = roleOf(call);
  return role === undefined ? refused(400, 'Unable to fetch role entry to patch') : store(call, { ...role, ...given });
};

const number = (role: Role, field: string): number => Number(role[field]);

const store = (call: Call, wanted: Role): Result => {
  const complaint = complaintAbout(wanted);
  if (complaint !== undefined) return complaint;
  const bits = keyBits(String(wanted['key_type']), number(wanted, 'key_bits'));
  const pki = storeOf(call);
  const { generateLease, warnings: leaseWarnings } = leaseOf(wanted);
  const signer = signerOf(pki, String(wanted['issuer_ref']));
  const role: Role = {
    ...wanted,
    key_bits: bits,
    generate_lease: generateLease,
    signature_bits: signatureBits(number(wanted, 'signature_bits'), signer),
  };
  pki.roles[nameOf(call)] = role;
  call.vault.changed();
  const warnings = [...(signer === undefined ? [withoutIssuer(String(wanted['issuer_ref']))] : []), ...leaseWarnings];
  return { is: 'data', status: 200, data: role, ...(warnings.length === 0 ? {} : { warnings }) };
};

const complaintAbout = (role: Role): Result | undefined => {
  if (number(role, 'max_ttl') > 0 && number(role, 'ttl') > number(role, 'max_ttl')) {
    return refused(400, '"ttl" value must be less than "max_ttl" value');
  }
  const [type, given] = [String(role['key_type']), number(role, 'key_bits')];
  const bits = keyBits(type, given);
  if (typeof bits === 'string') {
    return refused(500, together([`error setting keyBits ${given} on role for keyType ${type}: ${bits}`]));
  }
  const source = String(role['serial_number_source']);
  if (!['', 'json-csr', 'json'].includes(source)) return refused(400, `unknown serial_number_source ${source}`);
  const oid = listOf(role, 'ext_key_usage_oids').find((text) => !/^\d+(\.\d+)+$/.test(text));
  if (oid !== undefined) {
    return refused(400, `"${oid}" could not be parsed as a valid oid for an extended key usage`);
  }
  const unknown = listOf(role, 'cn_validations').find((text) => !['disabled', 'email', 'hostname'].includes(text));
  return unknown === undefined
    ? undefined
    : refused(500, together([`cn_validations value incorrect: unknown type: \`${unknown}\``]));
};

const listOf = (role: Role, field: string): readonly string[] => {
  const value = role[field];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
};

const leaseOf = (role: Role): { readonly generateLease: boolean; readonly warnings: readonly string[] } => {
  if (role['generate_lease'] !== true) return { generateLease: false, warnings: [] };
  if (role['no_store'] === true) {
    const text =
      'mutually exclusive values no_store=true and generate_lease=true were both specified; no_store=true takes priority';
    return { generateLease: false, warnings: [text] };
  }
  const text =
    "it is encouraged to disable generate_lease and rely on PKI's native capabilities when possible; this option can cause Vault-wide issues with large numbers of issued certificates";
  return { generateLease: true, warnings: [text] };
};

const signerOf = (pki: PkiStore, reference: string): X509Certificate | undefined => {
  const issuer = findIssuer(pki, reference === '' ? 'default' : reference);
  return issuer === undefined ? undefined : new X509Certificate(issuer.value.certificate);
};

/** With an RSA issuer, or none yet, 0 becomes 256; with ed25519 any number becomes 0. */
const signatureBits = (given: number, signer: X509Certificate | undefined): number => {
  const type: string = signer?.publicKey.asymmetricKeyType ?? '';
  switch (type) {
    case 'ed25519':
      return 0;
    case 'ec':
      return given;
    default:
      return given === 0 ? 256 : given;
  }
};

const withoutIssuer = (reference: string): string =>
  reference === 'default'
    ? 'Issuing Certificate was set to default, but no default issuing certificate (configurable at /config/issuers) is currently set'
    : `Issuing Certificate was set to ${reference} but no issuing certificate currently has that name`;
