import { createHash, createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import * as der from './der.ts';
import { ipBytes } from './ip.ts';
import { algorithmName, signed } from './signature.ts';

/** Who a certificate is for. */
export interface Subject {
  readonly commonName: string;
  readonly country?: readonly string[];
  readonly organization?: readonly string[];
  readonly ou?: readonly string[];
  readonly locality?: readonly string[];
  readonly province?: readonly string[];
  readonly streetAddress?: readonly string[];
  readonly postalCode?: readonly string[];
  readonly serialNumber?: string;
}

/** Other names that it is for. */
export interface Alternatives {
  readonly dnsNames: readonly string[];
  readonly emails: readonly string[];
  readonly ips: readonly string[];
  readonly uris: readonly string[];
}

/** Where more is found out about its issuer. */
export interface Access {
  readonly issuers: readonly string[];
  readonly crls: readonly string[];
  readonly ocsp: readonly string[];
}

/** What a certificate says. Structure: RFC 5280. */
export interface Contents {
  readonly serial: Buffer;
  /** Names in DER. */
  readonly issuer: der.Der;
  readonly subject: der.Der;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  /** The key that signs. */
  readonly authorityKeyId: Buffer;
  /** Bits of an RSA signature's hash. */
  readonly signatureBits?: number;
  /** Of an authority: how many may follow it, undefined = any number, and the names that it may sign. Absent: it is none. */
  readonly authority?: { readonly maxPathLength: number | undefined; readonly nameConstraints: der.Der | undefined };
  /** Numbers of the bits in KeyUsage, from 0 = digitalSignature. */
  readonly keyUsage: readonly number[];
  /** Object identifiers. */
  readonly extendedKeyUsage: readonly string[];
  readonly alternatives: Alternatives;
  readonly access: Access;
}

const attributes = {
  country: '2.5.4.6',
  organization: '2.5.4.10',
  ou: '2.5.4.11',
  locality: '2.5.4.7',
  province: '2.5.4.8',
  streetAddress: '2.5.4.9',
  postalCode: '2.5.4.17',
} as const;

const attribute = (type: string, text: string): der.Der =>
  der.sequence(
    der.objectIdentifier(type),
    /^[A-Za-z0-9 '()+,./:=?-]*$/.test(text) ? der.printableString(text) : der.utf8String(text),
  );

const single = (type: string, text: string): readonly der.Der[] =>
  text === '' ? [] : [der.set(attribute(type, text))];

/** A subject in DER; several values of one kind stand together. */
export const nameOf = (subject: Subject): der.Der => {
  const lists = Object.entries(attributes).flatMap(([field, type]) => {
    const values = [...new Set(listOf(subject, field))];
    return values.length === 0
      ? []
      : [der.set(...values.map((text) => attribute(type, text)).toSorted((left, right) => left.compare(right)))];
  });
  return der.sequence(
    ...lists,
    ...single('2.5.4.3', subject.commonName),
    ...single('2.5.4.5', subject.serialNumber ?? ''),
  );
};

const listOf = (subject: Subject, field: string): readonly string[] => {
  const values = Object.entries(subject).find(([name]) => name === field)?.[1];
  return Array.isArray(values) ? values : [];
};

/** The id of a key: SHA-1 of its bits (RFC 5280 §4.2.1.2). */
export const keyIdOf = (key: KeyObject): Buffer => {
  const spki = createPublicKey(key.type === 'public' ? key.export({ type: 'spki', format: 'pem' }) : key).export({
    type: 'spki',
    format: 'der',
  });
  const [, bits] = der.elementsOf(der.elementsOf(spki)[0]?.content ?? spki);
  return createHash('sha1')
    .update(bits?.content.subarray(1) ?? spki)
    .digest();
};

/** A number for a new certificate: 20 bytes, not negative. */
export const newSerial = (): Buffer => {
  const bytes = randomBytes(20);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
  return bytes;
};

const version3 = der.explicit(0, der.smallInteger(2));

/** Makes and signs a certificate, in DER. */
export const makeCertificate = (contents: Contents): der.Der => {
  const body = der.sequence(
    version3,
    der.integer(contents.serial),
    algorithmName(contents.signer, contents.signatureBits),
    contents.issuer,
    der.sequence(der.time(contents.notBefore), der.time(contents.notAfter)),
    contents.subject,
    contents.publicKey.export({ type: 'spki', format: 'der' }),
    der.explicit(3, der.sequence(...extensionsOf(contents))),
  );
  return signed(body, contents.signer, contents.signatureBits);
};

const extension = (type: string, value: der.Der): der.Der =>
  der.sequence(der.objectIdentifier(type), der.octetString(value));

const critical = (type: string, value: der.Der): der.Der =>
  der.sequence(der.objectIdentifier(type), der.boolean(true), der.octetString(value));

const extensionsOf = (contents: Contents): readonly der.Der[] => [
  ...(contents.keyUsage.length === 0 ? [] : [critical('2.5.29.15', bitsOf(contents.keyUsage))]),
  ...(contents.extendedKeyUsage.length === 0
    ? []
    : [extension('2.5.29.37', der.sequence(...contents.extendedKeyUsage.map(der.objectIdentifier)))]),
  ...(contents.authority === undefined ? [] : [critical('2.5.29.19', basicConstraints(contents.authority))]),
  extension('2.5.29.14', der.octetString(keyIdOf(contents.publicKey))),
  extension('2.5.29.35', der.sequence(der.implicit(0, contents.authorityKeyId))),
  ...accessExtensions(contents.access),
  ...alternativesExtension(contents.alternatives),
  ...(contents.authority?.nameConstraints === undefined
    ? []
    : [critical('2.5.29.30', contents.authority.nameConstraints)]),
];

const basicConstraints = ({ maxPathLength }: NonNullable<Contents['authority']>): der.Der =>
  der.sequence(der.boolean(true), ...(maxPathLength === undefined ? [] : [der.smallInteger(maxPathLength)]));

const bitsOf = (numbers: readonly number[]): der.Der => {
  const last = Math.max(...numbers);
  const bytes = Buffer.alloc(Math.floor(last / 8) + 1);
  for (const bit of numbers) bytes[Math.floor(bit / 8)] = (bytes[Math.floor(bit / 8)] ?? 0) | (0x80 >> (bit % 8));
  return der.bitString(bytes, 7 - (last % 8));
};

const uriName = (text: string): der.Der => der.implicit(6, Buffer.from(text));

const accessExtensions = ({ issuers, crls, ocsp }: Access): readonly der.Der[] => {
  const methods = [
    ...ocsp.map((url) => der.sequence(der.objectIdentifier('1.3.6.1.5.5.7.48.1'), uriName(url))),
    ...issuers.map((url) => der.sequence(der.objectIdentifier('1.3.6.1.5.5.7.48.2'), uriName(url))),
  ];
  const points = crls.map((url) => der.sequence(der.constructed(0, der.constructed(0, uriName(url)))));
  return [
    ...(methods.length === 0 ? [] : [extension('1.3.6.1.5.5.7.1.1', der.sequence(...methods))]),
    ...(points.length === 0 ? [] : [extension('2.5.29.31', der.sequence(...points))]),
  ];
};

/** The alternative names, if there are any, as the one extension that they are. */
export const alternativesExtension = ({ dnsNames, emails, ips, uris }: Alternatives): readonly der.Der[] => {
  const names = [
    ...dnsNames.map((text) => der.implicit(2, Buffer.from(text))),
    ...emails.map((text) => der.implicit(1, Buffer.from(text))),
    ...ips.map((text) => der.implicit(7, ipBytes(text))),
    ...uris.map(uriName),
  ];
  return names.length === 0 ? [] : [extension('2.5.29.17', der.sequence(...names))];
};
