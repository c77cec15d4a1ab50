import { createPublicKey, type KeyObject } from 'node:crypto';
import { constraintsValue } from '../../certificates/name-constraints.ts';
import { toPem } from '../../certificates/pem.ts';
import { makeRequest } from '../../certificates/request.ts';
import { keyIdOf, makeCertificate, nameOf, newSerial } from '../../certificates/x509.ts';
import type { Call } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { type Result, refused, together } from '../result.ts';
import { chooseKey, keyFields } from './choose-key.ts';
import type { PkiStore } from './content.ts';
import { importIssuer, serialOf, urlWarnings } from './issuer-store.ts';
import { lifetimeOf } from './lifetime.ts';
import { constraintFields, constraintsOf, wrongName, wrongRange } from './name-constraints.ts';
import { alternativesOf, ipComplaint } from './names.ts';
import { findIssuer, findKey, nameComplaint, storeOf } from './store.ts';

/** What says who an authority is. */
export const subjectFields = {
  common_name: 'string',
  alt_names: 'string',
  ip_sans: 'commaList',
  uri_sans: 'commaList',
  other_sans: 'commaList',
  exclude_cn_from_sans: 'bool',
  ou: 'commaList',
  organization: 'commaList',
  country: 'commaList',
  locality: 'commaList',
  province: 'commaList',
  street_address: 'commaList',
  postal_code: 'commaList',
  serial_number: 'string',
  ttl: 'seconds',
  not_after: 'string',
  not_before_duration: 'seconds',
  format: 'string',
  private_key_format: 'string',
} as const;

/** What `root/generate` takes. */
export const rootFields = {
  ...subjectFields,
  ...keyFields,
  issuer_name: 'string',
  ...constraintFields,
  max_path_length: 'int',
  use_pss: 'bool',
} as const;

/** What `intermediate/generate` takes. */
export const requestFields = { ...subjectFields, ...keyFields, add_basic_constraints: 'bool' } as const;

/** The subject in DER. */
export const subjectOf = (given: Values<typeof subjectFields>) =>
  nameOf({
    commonName: given.common_name ?? '',
    ou: given.ou ?? [],
    organization: given.organization ?? [],
    country: given.country ?? [],
    locality: given.locality ?? [],
    province: given.province ?? [],
    streetAddress: given.street_address ?? [],
    postalCode: given.postal_code ?? [],
    serialNumber: given.serial_number ?? '',
  });

const namesComplaint = (store: PkiStore, issuer: string | undefined, key: string | undefined): string | undefined =>
  nameComplaint('issuer', issuer, (name) => findIssuer(store, name) !== undefined) ??
  nameComplaint('key', key, (name) => findKey(store, name) !== undefined);

const rsaHash = (key: KeyObject, bits: number | undefined): number =>
  key.asymmetricKeyType === 'rsa' ? bits || 256 : 256;

const signatureName = (key: KeyObject, bits: number): string => {
  const curve = key.asymmetricKeyDetails?.namedCurve ?? '';
  const type: string = key.asymmetricKeyType ?? '';
  switch (type) {
    case 'rsa':
      return `SHA${bits}WithRSA`;
    case 'ec':
      return `ECDSAWithSHA${{ secp384r1: 384, secp521r1: 512 }[curve] ?? 256}`;
    default:
      return 'Ed25519';
  }
};

/** `root/generate/…`: a key and a certificate that signs itself. Vault cuts a lifetime without a word. */
export const generateRoot = (call: Call, given: Values<typeof rootFields>): Result => {
  const store = storeOf(call);
  const chosen = chooseKey(call, store, given);
  if ('is' in chosen) return chosen;
  const complaint = namesComplaint(store, given.issuer_name, given.key_name) ?? ipComplaint(given.ip_sans);
  if (complaint !== undefined) return refused(400, complaint);
  const range = wrongRange(given);
  if (range !== undefined) return refused(400, `invalid ${range.list}_ip_ranges value: ${range.why}`);
  const name = wrongName(given);
  if (name !== undefined) return refused(500, together([name]));
  const life = lifetimeOf(call, { ttl: given.ttl, notAfter: given.not_after, notBefore: given.not_before_duration });
  const [subject, publicKey, serial] = [subjectOf(given), createPublicKey(chosen.key), newSerial()];
  const signatureBits = rsaHash(chosen.key, given.signature_bits);
  const certificate = toPem(
    'CERTIFICATE',
    makeCertificate({
      serial,
      issuer: subject,
      subject,
      ...life.dates,
      publicKey,
      signer: chosen.key,
      signatureBits,
      authorityKeyId: keyIdOf(publicKey),
      authority: {
        maxPathLength: (given.max_path_length ?? -1) < 0 ? undefined : given.max_path_length,
        nameConstraints: constraintsValue(constraintsOf(given)),
      },
      keyUsage: [5, 6],
      extendedKeyUsage: [],
      alternatives: alternativesOf(given),
      access: { issuers: [], crls: [], ocsp: [] },
    }),
  );
  const keyId = chosen.store();
  const issuerName = given.issuer_name ?? '';
  const { id } = importIssuer(store, certificate, issuerName, signatureName(chosen.key, signatureBits));
  const text = serialOf(serial.toString('hex'));
  const pem = certificate.trim();
  store.certificates[text] = {
    certificate: pem,
    authorityKeyId: serialOf(keyIdOf(publicKey).toString('hex')),
    issuerId: id,
  };
  call.vault.changed();
  return {
    is: 'data',
    status: 200,
    data: {
      certificate: pem,
      expiration: Math.floor(life.dates.notAfter.getTime() / 1000),
      issuer_id: id,
      issuer_name: issuerName,
      issuing_ca: pem,
      key_id: keyId,
      key_name: chosen.name,
      serial_number: text,
    },
    warnings: [
      ...(subject.length > 2 ? [] : [withoutSubject]),
      ...urlWarnings({
        ...store.urls,
        issuing_certificates: [],
        crl_distribution_points: [],
        ocsp_servers: [],
        delta_crl_distribution_points: [],
      }),
      ...(given.max_path_length === 0
        ? [
            'Max path length of the generated certificate is zero. This certificate cannot be used to issue intermediate CA certificates.',
          ]
        : []),
    ],
  };
};

const withoutSubject =
  'This issuer certificate was generated without a Subject; this makes it likely that issuing leaf certs with this certificate will cause TLS validation libraries to reject this certificate.';

/** `intermediate/generate/…`: a key, and a request that somebody else signs. */
export const generateRequest = (call: Call, given: Values<typeof requestFields>): Result => {
  const store = storeOf(call);
  const chosen = chooseKey(call, store, given);
  if ('is' in chosen) return chosen;
  const complaint = namesComplaint(store, undefined, given.key_name) ?? ipComplaint(given.ip_sans);
  if (complaint !== undefined) return refused(400, complaint);
  const csr = toPem('CERTIFICATE REQUEST', makeRequest(subjectOf(given), chosen.key, alternativesOf(given))).trim();
  const keyId = chosen.store();
  call.vault.changed();
  const more =
    ' Since this certificate is an intermediate, it might be useful to regenerate this certificate after fixing this problem for the root mount.';
  return { is: 'data', status: 200, data: { csr, key_id: keyId }, warnings: urlWarnings(store.urls, more) };
};
