import { createHash, X509Certificate } from 'node:crypto';
import { LabError } from '../../../errors.ts';
import { extensionIn, inside } from './der.ts';
import { keyName } from './key.ts';

/** What lab reads of the certificate of an authority. */
export interface Certificate {
  readonly x509: X509Certificate;
  /** By the short names of OpenSSL: CN, O, OU, C, L, ST, street, postalCode. */
  readonly subject: ReadonlyMap<string, readonly string[]>;
  /** DNS names, mail addresses. */
  readonly names: readonly string[];
  readonly ips: readonly string[];
  /** `ec-256` */
  readonly key: string;
  /** From its making to its end, in seconds. */
  readonly lifetime: number;
  /** How many authorities may follow it; undefined = any number. */
  readonly maxPathLength: number | undefined;
}

/** Parses a PEM text. Throws UNREACHABLE for what is no certificate. */
export const parseCertificate = (pem: string): Certificate => {
  const x509 = open(pem);
  const alternatives = (x509.subjectAltName ?? '').split(', ');
  const starting = (prefix: string) =>
    alternatives.flatMap((text) => (text.startsWith(prefix) ? [text.slice(prefix.length)] : [])).toSorted();
  return {
    x509,
    subject: subjectOf(x509.subject),
    names: [...starting('DNS:'), ...starting('email:')].toSorted(),
    ips: starting('IP Address:'),
    key: keyOf(x509),
    // Vault lets a certificate begin half a minute before it is made, for clocks that are late.
    lifetime: Math.round((x509.validToDate.getTime() - x509.validFromDate.getTime()) / 1000) - 30,
    maxPathLength: pathLengthIn(x509.raw),
  };
};

const open = (pem: string): X509Certificate => {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new LabError('UNREACHABLE', 'Vault answered a certificate that cannot be read');
  }
};

// One name a line, `O=lab + O=team`; a `+` in a value is escaped, as RFC 4514 has it.
const subjectOf = (text: string | undefined): ReadonlyMap<string, readonly string[]> => {
  const subject = new Map<string, string[]>();
  for (const attribute of (text ?? '').split(/\n| \+ /)) {
    const [, name, value = ''] = /^([^=]+)=(.*)$/.exec(attribute) ?? [];
    if (name !== undefined)
      subject.set(name, [...(subject.get(name) ?? []), value.replaceAll(/\\(.)/g, '$1')].toSorted());
  }
  return subject;
};

const curveBits: Readonly<Record<string, number>> = { secp224r1: 224, prime256v1: 256, secp384r1: 384, secp521r1: 521 };

const keyOf = ({ publicKey: { asymmetricKeyType, asymmetricKeyDetails: details = {} } }: X509Certificate): string => {
  const type: string = asymmetricKeyType ?? '';
  switch (type) {
    case 'rsa':
      return keyName('rsa', details.modulusLength ?? 0);
    case 'ec':
      return keyName('ec', curveBits[details.namedCurve ?? ''] ?? 0);
    default:
      return type;
  }
};

const basicConstraints = '551d13';

// A sequence of cA and pathLenConstraint (RFC 5280 §4.2.1.9), which Node leaves out.
const pathLengthIn = (der: Buffer): number | undefined => {
  const [isAuthority, length] = inside(extensionIn(der, basicConstraints) ?? Buffer.of());
  return isAuthority === undefined || length === undefined
    ? undefined
    : length.content.readUIntBE(0, length.content.length);
};

/** The id of a public key as Vault names it: SHA-1 of its bits (RFC 5280 §4.2.1.2), in pairs of hex digits. */
export const keyIdOf = ({ publicKey }: X509Certificate): string => {
  const [, bits] = inside(publicKey.export({ type: 'spki', format: 'der' }));
  // The first byte of a bit string says how many bits at its end do not count.
  const digest = createHash('sha1')
    .update(bits?.content.subarray(1) ?? '')
    .digest('hex');
  return (digest.match(/../g) ?? []).join(':');
};
