import { createPublicKey, type KeyObject } from 'node:crypto';
import * as der from './der.ts';
import { isSigned, signed } from './signature.ts';
import { type Alternatives, alternativesExtension } from './x509.ts';

/** What lies in a certificate request, as far as signing needs it (RFC 2986). */
export interface CertificateRequest {
  readonly publicKey: KeyObject;
  readonly commonName: string;
}

/** Makes and signs a request, in DER. */
export const makeRequest = (subject: der.Der, key: KeyObject, alternatives: Alternatives): der.Der => {
  const extensions = alternativesExtension(alternatives);
  const asked =
    extensions.length === 0
      ? []
      : [der.sequence(der.objectIdentifier('1.2.840.113549.1.9.14'), der.set(der.sequence(...extensions)))];
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return signed(der.sequence(der.smallInteger(0), subject, publicKey, der.constructed(0, ...asked)), key);
};

/** Reads a request; undefined if it is none, or is not signed by its own key. */
export const readRequest = (bytes: Buffer): CertificateRequest | undefined => {
  try {
    const [outer] = der.elementsOf(bytes);
    const [info] = der.elementsOf(outer?.content ?? bytes);
    const [, subject, spki] = der.elementsOf(info?.content ?? bytes);
    if (subject === undefined || spki === undefined) return undefined;
    const publicKey = createPublicKey({ key: spki.whole, format: 'der', type: 'spki' });
    return isSigned(bytes, publicKey) ? { publicKey, commonName: commonNameIn(subject.content) } : undefined;
  } catch {
    return undefined;
  }
};

const commonNameType = der.objectIdentifier('2.5.4.3');

const commonNameIn = (name: der.Der): string => {
  const attributes = der.elementsOf(name).flatMap(({ content }) => der.elementsOf(content));
  const pairs = attributes.map(({ content }) => der.elementsOf(content));
  const found = pairs.find(([type]) => type?.whole.equals(commonNameType) === true);
  return found?.[1]?.content.toString() ?? '';
};
