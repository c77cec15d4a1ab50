import { createPublicKey, X509Certificate } from 'node:crypto';
import { toPem } from '../../certificates/pem.ts';
import { keyIdOf, makeCertificate, nameOf, newSerial } from '../../certificates/x509.ts';
import type { Call } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { type Result, refused, together } from '../result.ts';
import { spell } from './certificates.ts';
import type { Role } from './content.ts';
import { chainOf, serialOf, urlsOf } from './issuer-store.ts';
import { keyPem, makeKey, openKey } from './keys.ts';
import { lifetimeOf, twoEnds } from './lifetime.ts';
import { forbidden } from './name-constraints.ts';
import { alternativesOf, namesComplaint } from './names.ts';
import { roleOf } from './roles.ts';
import { issuerNameOf } from './sign.ts';
import { findIssuer, noIssuer, storeOf } from './store.ts';

/** What `issue/ROLE` takes. */
export const issueFields = {
  common_name: 'string',
  alt_names: 'string',
  ip_sans: 'commaList',
  uri_sans: 'commaList',
  other_sans: 'commaList',
  exclude_cn_from_sans: 'bool',
  ttl: 'seconds',
  not_after: 'string',
  format: 'string',
  private_key_format: 'string',
  serial_number: 'string',
  user_ids: 'commaList',
  remove_roots_from_chain: 'bool',
} as const;

const usageBits = [
  'DigitalSignature',
  'ContentCommitment',
  'KeyEncipherment',
  'DataEncipherment',
  'KeyAgreement',
  'CertSign',
  'CRLSign',
  'EncipherOnly',
  'DecipherOnly',
];

const extendedUsages: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  serverauth: '1.3.6.1.5.5.7.3.1',
  clientauth: '1.3.6.1.5.5.7.3.2',
  codesigning: '1.3.6.1.5.5.7.3.3',
  emailprotection: '1.3.6.1.5.5.7.3.4',
  timestamping: '1.3.6.1.5.5.7.3.8',
  ocspsigning: '1.3.6.1.5.5.7.3.9',
};

const textsOf = (role: Role, field: string): readonly string[] => {
  const value = role[field];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
};

const extendedUsageOf = (role: Role): readonly string[] => {
  const flags = {
    server_flag: 'serverauth',
    client_flag: 'clientauth',
    code_signing_flag: 'codesigning',
    email_protection_flag: 'emailprotection',
  };
  const named = Object.entries(flags).flatMap(([flag, usage]) => (role[flag] === true ? [usage] : []));
  const others = textsOf(role, 'ext_key_usage').map((usage) => usage.toLowerCase().replace(/^extkeyusage/, ''));
  const known = [...named, ...others].flatMap((usage) => extendedUsages[usage] ?? []);
  return [...new Set([...known, ...textsOf(role, 'ext_key_usage_oids')])];
};

const numberOf = (role: Role, field: string): number => Number(role[field] ?? 0);

/** A key and a certificate for the names that are asked for, if the role lets them in. */
export const issue = (call: Call, given: Values<typeof issueFields>): Result => {
  const store = storeOf(call);
  const role = roleOf(call);
  if (role === undefined) return refused(400, `unknown role: ${call.params[0] ?? ''}`);
  const type = String(role['key_type']);
  if (type === 'any') return refused(400, 'role key type "any" not allowed for issuing certificates, only signing');
  const reference = String(role['issuer_ref']);
  const issuer = findIssuer(store, reference);
  const key = issuer === undefined ? undefined : store.keys[issuer.value.keyId];
  if (issuer === undefined || key === undefined) {
    return refused(500, together([`could not fetch the CA certificate (was one set?): ${noIssuer(reference)}`]));
  }
  const notAfterAsked = String(role['not_after']) || given.not_after;
  const complaint = namesComplaint(role, given) ?? twoEnds(given.ttl, notAfterAsked);
  if (complaint !== undefined) return refused(400, complaint);
  const life = lifetimeOf(call, {
    ttl: given.ttl,
    roleTtl: numberOf(role, 'ttl'),
    roleMaxTtl: numberOf(role, 'max_ttl'),
    notAfter: notAfterAsked,
    notBefore: numberOf(role, 'not_before_duration'),
  });
  const own = new X509Certificate(issuer.value.certificate);
  const isLonger = life.dates.notAfter > own.validToDate;
  if (isLonger && issuer.value.leafNotAfter.endsWith('err')) {
    return refused(
      400,
      `cannot satisfy request, as TTL would result in notAfter of ${spell(life.dates.notAfter)} that is beyond the expiration of the CA certificate at ${spell(own.validToDate)}`,
    );
  }
  if (life.dates.notBefore < own.validFromDate) return refused(400, "notBefore before signer's notBefore");
  const alternatives = alternativesOf(given);
  const outside = forbidden(store, issuer.value, { commonName: given.common_name ?? '', alternatives });
  if (outside !== undefined) return refused(500, together([outside]));
  const notAfter = isLonger && issuer.value.leafNotAfter === 'truncate' ? own.validToDate : life.dates.notAfter;
  const privateKey = makeKey(type, numberOf(role, 'key_bits'));
  const serial = newSerial();
  const urls = urlsOf(store, issuer.value);
  const authorityKeyId = keyIdOf(createPublicKey(openKey(key)));
  const certificate = toPem(
    'CERTIFICATE',
    makeCertificate({
      serial,
      issuer: issuerNameOf(issuer.value.certificate),
      subject: nameOf({
        commonName: given.common_name ?? '',
        country: textsOf(role, 'country'),
        organization: textsOf(role, 'organization'),
        ou: textsOf(role, 'ou'),
        locality: textsOf(role, 'locality'),
        province: textsOf(role, 'province'),
        streetAddress: textsOf(role, 'street_address'),
        postalCode: textsOf(role, 'postal_code'),
        serialNumber: given.serial_number ?? '',
      }),
      notBefore: life.dates.notBefore,
      notAfter,
      publicKey: createPublicKey(privateKey),
      signer: openKey(key),
      signatureBits: numberOf(role, 'signature_bits') || 256,
      authorityKeyId,
      keyUsage: textsOf(role, 'key_usage').flatMap((usage) => {
        const bit = usageBits.findIndex((known) => known.toLowerCase() === usage.toLowerCase());
        return bit < 0 ? [] : [bit];
      }),
      extendedKeyUsage: extendedUsageOf(role),
      alternatives,
      access: { issuers: urls.issuing_certificates, crls: urls.crl_distribution_points, ocsp: urls.ocsp_servers },
    }),
  ).trim();
  const text = serialOf(serial.toString('hex'));
  const keyId = serialOf(authorityKeyId.toString('hex'));
  if (role['no_store'] !== true) {
    store.certificates[text] = { certificate, authorityKeyId: keyId, issuerId: issuer.id };
    call.vault.changed();
  }
  return {
    is: 'data',
    status: 200,
    data: {
      authority_key_id: keyId,
      ca_chain: chainOf(store, issuer.value).map((pem) => pem.trim()),
      certificate,
      expiration: Math.floor(notAfter.getTime() / 1000),
      issuing_ca: issuer.value.certificate.trim(),
      private_key: keyPem(privateKey),
      private_key_type: type,
      serial_number: text,
    },
    // Vault says it twice.
    ...(life.warnings.length === 0 ? {} : { warnings: [...life.warnings, ...life.warnings] }),
  };
};
