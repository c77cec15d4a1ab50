import { createPublicKey, X509Certificate } from 'node:crypto';
import { elementsOf } from '../../certificates/der.ts';
import { constraintsValue } from '../../certificates/name-constraints.ts';
import { pemBlocks, toPem } from '../../certificates/pem.ts';
import { readRequest } from '../../certificates/request.ts';
import { keyIdOf, makeCertificate, newSerial } from '../../certificates/x509.ts';
import type { Call } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { type Result, refused, together } from '../result.ts';
import { subjectFields, subjectOf } from './generate.ts';
import { chainOf, importIssuer, serialOf, urlsOf, urlWarnings } from './issuer-store.ts';
import { openKey } from './keys.ts';
import { lifetimeOf } from './lifetime.ts';
import { constraintFields, constraintsOf, forbidden, wrongName, wrongRange } from './name-constraints.ts';
import { alternativesOf, ipComplaint } from './names.ts';
import { findIssuer, noIssuer, storeOf } from './store.ts';

/** What `issuer/REF/sign-intermediate` takes. */
export const signFields = {
  ...subjectFields,
  ...constraintFields,
  csr: 'string',
  use_csr_values: 'bool',
  max_path_length: 'int',
  signature_bits: 'int',
  enforce_leaf_not_after_behavior: 'bool',
} as const;

/** A certificate's own name, in DER, as those that it signs have to repeat it. */
export const issuerNameOf = (certificate: string): Buffer => {
  const raw = new X509Certificate(certificate).raw;
  const [body] = elementsOf(elementsOf(raw)[0]?.content ?? raw);
  return elementsOf(body?.content ?? raw)[5]?.whole ?? raw;
};

/** How many authorities may follow below one; undefined: any number. BasicConstraints (RFC 5280 §4.2.1.9) ends with it. */
const maxPathLengthOf = (certificate: string): number | undefined => {
  const der = new X509Certificate(certificate).raw.toString('hex');
  const found = /0603551d130101ff04..30..0101ff0201(..)/.exec(der);
  return found?.[1] === undefined ? undefined : Number.parseInt(found[1], 16);
};

/** Signs the request of an authority. What would outlive the issuer is cut. */
export const signIntermediate = (call: Call, given: Values<typeof signFields>): Result => {
  const store = storeOf(call);
  const [reference = ''] = call.params;
  const issuer = findIssuer(store, reference);
  const key = issuer === undefined ? undefined : store.keys[issuer.value.keyId];
  if (issuer === undefined || key === undefined) {
    return refused(500, together([`could not fetch the CA certificate (was one set?): ${noIssuer(reference)}`]));
  }
  const [block] = pemBlocks(given.csr ?? '');
  if (block === undefined) return refused(400, 'csr contains no data');
  const request = readRequest(block.der);
  if (request === undefined) return refused(400, 'request signature invalid');
  const complaint = ipComplaint(given.ip_sans);
  if (complaint !== undefined) return refused(400, complaint);
  const inherited = maxPathLengthOf(issuer.value.certificate);
  if (inherited === 0) {
    return refused(400, 'signing certificate has a max path length of zero, and cannot issue further CA certificates');
  }
  const range = wrongRange(given);
  if (range !== undefined) return refused(400, `error parsing ${range.list} IP ranges: ${range.why}`);
  const name = wrongName(given);
  if (name !== undefined) return refused(500, together([`error signing cert: ${name}`]));
  const commonName = given.common_name || request.commonName;
  const alternatives = alternativesOf({ ...given, common_name: commonName });
  const outside = forbidden(store, issuer.value, { commonName, alternatives });
  if (outside !== undefined) return refused(500, together([`verification of parsed bundle failed: ${outside}`]));
  const own = new X509Certificate(issuer.value.certificate);
  const life = lifetimeOf(call, { ttl: given.ttl, notAfter: given.not_after, notBefore: given.not_before_duration });
  const isCut = life.dates.notAfter >= own.validToDate;
  const maxPathLength = given.max_path_length ?? (inherited === undefined ? -1 : inherited - 1);
  const serial = newSerial();
  const urls = urlsOf(store, issuer.value);
  const authorityKeyId = keyIdOf(createPublicKey(openKey(key)));
  const certificate = toPem(
    'CERTIFICATE',
    makeCertificate({
      serial,
      issuer: issuerNameOf(issuer.value.certificate),
      subject: subjectOf({ ...given, common_name: commonName }),
      notBefore: life.dates.notBefore,
      notAfter: isCut ? own.validToDate : life.dates.notAfter,
      publicKey: request.publicKey,
      signer: openKey(key),
      signatureBits: given.signature_bits || 256,
      authorityKeyId,
      authority: {
        maxPathLength: maxPathLength < 0 ? undefined : maxPathLength,
        nameConstraints: constraintsValue(constraintsOf(given)),
      },
      keyUsage: [5, 6],
      extendedKeyUsage: [],
      alternatives,
      access: { issuers: urls.issuing_certificates, crls: urls.crl_distribution_points, ocsp: urls.ocsp_servers },
    }),
  ).trim();
  const text = serialOf(serial.toString('hex'));
  store.certificates[text] = {
    certificate,
    authorityKeyId: serialOf(authorityKeyId.toString('hex')),
    issuerId: issuer.id,
  };
  call.vault.changed();
  return {
    is: 'data',
    status: 200,
    data: {
      ca_chain: [certificate, ...chainOf(store, issuer.value).map((pem) => pem.trim())],
      certificate,
      expiration: Math.floor((isCut ? own.validToDate : life.dates.notAfter).getTime() / 1000),
      issuing_ca: issuer.value.certificate.trim(),
      serial_number: text,
    },
    warnings: [
      ...urlWarnings(urls),
      ...(maxPathLength === 0
        ? [
            'Max path length of the signed certificate is zero. This certificate cannot be used to issue intermediate CA certificates.',
          ]
        : []),
      ...life.warnings,
      ...(isCut ? ["the signed intermediary CA certificate's notAfter was truncated to the issuer's notAfter"] : []),
    ],
  };
};

const tooShort =
  'provided data for import was too short; perhaps a path was passed to the API rather than the contents of a PEM file';

const isAuthority = (pem: string): boolean => {
  try {
    return new X509Certificate(pem).ca;
  } catch {
    return false;
  }
};

/** `intermediate/set-signed`: takes in what was signed, and the authorities above it. */
export const setSigned = (call: Call, { certificate = '' }: Values<{ certificate: 'string' }>): Result => {
  const store = storeOf(call);
  if (certificate === '') return refused(400, "'pem_bundle' and 'certificate' parameters were empty");
  if (certificate.length < 75) return refused(400, tooShort);
  const blocks = pemBlocks(certificate).map(({ label, der }) => toPem(label, der));
  if (blocks.length === 0) return refused(400, 'provided PEM block contained no data');
  const bad = blocks.findIndex((pem) => !isAuthority(pem));
  if (bad >= 0) {
    return refused(400, `Error parsing issuer ${bad}: Refusing to import non-CA certificate\n${blocks[bad] ?? ''}`);
  }
  const taken = blocks.map((pem) => importIssuer(store, pem, ''));
  call.vault.changed();
  const idsOf = (isNew: boolean) => {
    const ids = taken.filter((issuer) => issuer.isNew === isNew).map(({ id }) => id);
    return ids.length === 0 ? null : ids;
  };
  return {
    is: 'data',
    status: 200,
    data: {
      existing_issuers: idsOf(false),
      existing_keys: null,
      imported_issuers: idsOf(true),
      imported_keys: null,
      mapping: Object.fromEntries(taken.map(({ id }) => [id, store.issuers[id]?.keyId ?? ''])),
    },
    warnings: urlWarnings(store.urls),
  };
};
