import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';
import * as der from './der.ts';

/** A certificate and its private key, both PEM. */
export type KeyPair = { certificate: string; key: string };

/** What a leaf certificate is for: a server under these names (DNS names and IPv4 addresses), or a client. */
export type CertificateRequest = {
  commonName: string;
  organization?: string;
  use: { kind: 'server'; names: readonly string[] } | { kind: 'client' };
};

/** A certificate authority in memory: its own certificate (PEM) and the means to issue others. */
export type Authority = { certificate: string; issue: (request: CertificateRequest) => KeyPair };

/**
 * Makes a new authority with P-256 keys. Written by hand because node:crypto signs but cannot make X.509, and
 * the servers must start on a machine without openssl. Structure: RFC 5280.
 */
export function createAuthority(commonName: string): Authority {
  const issuer = nameOf({ commonName });
  const { publicKey, privateKey } = newKeys();
  const keyId = randomBytes(20);
  const certificate = signCertificate({
    issuer,
    subject: issuer,
    publicKey,
    signer: privateKey,
    extensions: [basicConstraints, keyUsage(0b0000_0110, 1), subjectKeyIdentifier(keyId)],
  });
  return {
    certificate,
    issue: (request) => {
      const keys = newKeys();
      return {
        certificate: signCertificate({
          issuer,
          subject: nameOf(request),
          publicKey: keys.publicKey,
          signer: privateKey,
          extensions: [keyUsage(0b1000_0000, 7), authorityKeyIdentifier(keyId), ...useOf(request)],
        }),
        key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

type Contents = {
  issuer: der.Der;
  subject: der.Der;
  publicKey: KeyObject;
  signer: KeyObject;
  extensions: readonly der.Der[];
};

const hour = 60 * 60 * 1000;
const version3 = der.explicit(0, der.integer(Buffer.from([2])));
const ecdsaWithSha256 = der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2'));

function signCertificate({ issuer, subject, publicKey, signer, extensions }: Contents): string {
  const now = Date.now();
  const body = der.sequence(
    version3,
    der.integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ecdsaWithSha256,
    issuer,
    der.sequence(der.utcTime(new Date(now - hour)), der.utcTime(new Date(now + 365 * 24 * hour))),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der.explicit(3, der.sequence(...extensions)),
  );
  const signed = der.sequence(body, ecdsaWithSha256, der.bitString(sign('sha256', body, signer)));
  const lines = signed.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

const attribute = (type: string, value: string) =>
  der.set(der.sequence(der.objectIdentifier(type), der.utf8String(value)));

const nameOf = ({ commonName, organization }: { commonName: string; organization?: string }): der.Der =>
  der.sequence(
    ...(organization === undefined ? [] : [attribute('2.5.4.10', organization)]),
    attribute('2.5.4.3', commonName),
  );

const critical = (type: string, value: der.Der) =>
  der.sequence(der.objectIdentifier(type), der.boolean(true), der.octetString(value));
const extension = (type: string, value: der.Der) => der.sequence(der.objectIdentifier(type), der.octetString(value));

const basicConstraints = critical('2.5.29.19', der.sequence(der.boolean(true)));
const keyUsage = (bits: number, unusedBits: number) =>
  critical('2.5.29.15', der.bitString(Buffer.from([bits]), unusedBits));
const extendedKeyUsage = (purpose: string) => extension('2.5.29.37', der.sequence(der.objectIdentifier(purpose)));

const subjectKeyIdentifier = (keyId: Buffer) => extension('2.5.29.14', der.octetString(keyId));
const authorityKeyIdentifier = (keyId: Buffer) => extension('2.5.29.35', der.sequence(der.implicit(0, keyId)));

const alternativeName = (name: string): der.Der =>
  isIPv4(name) ? der.implicit(7, Buffer.from(name.split('.').map(Number))) : der.implicit(2, Buffer.from(name));

function useOf({ use }: CertificateRequest): der.Der[] {
  switch (use.kind) {
    case 'server':
      return [
        extendedKeyUsage('1.3.6.1.5.5.7.3.1'),
        extension('2.5.29.17', der.sequence(...use.names.map(alternativeName))),
      ];
    case 'client':
      return [extendedKeyUsage('1.3.6.1.5.5.7.3.2')];
  }
}
