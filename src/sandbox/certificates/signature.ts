import { constants, type KeyObject, sign, verify } from 'node:crypto';
import * as der from './der.ts';

/** How a key signs: the name of its algorithm in DER (RFC 5280 §4.1.1.2) and the hash, null where the key brings its own. */
interface Algorithm {
  readonly identifier: der.Der;
  readonly hash: 'sha256' | 'sha384' | 'sha512' | null;
}

const named = (oid: string, hash: Algorithm['hash'], ...parameters: der.Der[]): Algorithm => ({
  identifier: der.sequence(der.objectIdentifier(oid), ...parameters),
  hash,
});

const rsa = [
  named('1.2.840.113549.1.1.11', 'sha256', der.nothing),
  named('1.2.840.113549.1.1.12', 'sha384', der.nothing),
  named('1.2.840.113549.1.1.13', 'sha512', der.nothing),
];
const ecdsa = [
  named('1.2.840.10045.4.3.2', 'sha256'),
  named('1.2.840.10045.4.3.3', 'sha384'),
  named('1.2.840.10045.4.3.4', 'sha512'),
];
const ed25519 = named('1.3.101.112', null);

const strongest: Readonly<Record<string, Algorithm['hash']>> = { secp384r1: 'sha384', secp521r1: 'sha512' };

// An EC key takes the hash that its curve is as strong as, whatever was asked for.
const algorithmOf = ({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject, bits: number): Algorithm => {
  const type: string = asymmetricKeyType ?? '';
  switch (type) {
    case 'ed25519':
      return ed25519;
    case 'ec': {
      const hash = strongest[asymmetricKeyDetails?.namedCurve ?? ''] ?? 'sha256';
      return ecdsa.find((algorithm) => algorithm.hash === hash) ?? ed25519;
    }
    default:
      return rsa.find((algorithm) => algorithm.hash === `sha${bits}`) ?? rsa[0] ?? ed25519;
  }
};

/** The name of the algorithm that a key signs with. `bits` is the hash of an RSA key. */
export const algorithmName = (key: KeyObject, bits = 256): der.Der => algorithmOf(key, bits).identifier;

/** Content, algorithm and signature in one: the outer form of certificates and requests. */
export const signed = (content: der.Der, key: KeyObject, bits = 256): der.Der => {
  const { identifier, hash } = algorithmOf(key, bits);
  return der.sequence(content, identifier, der.bitString(sign(hash, content, key)));
};

/** Whether a signature in that form is of this key. */
export const isSigned = (whole: der.Der, publicKey: KeyObject): boolean => {
  const [outer] = der.elementsOf(whole);
  const [content, algorithm, signature] = outer === undefined ? [] : der.elementsOf(outer.content);
  const known = [...rsa, ...ecdsa, ed25519].find(({ identifier }) => algorithm?.whole.equals(identifier) === true);
  if (content === undefined || signature === undefined || known === undefined) return false;
  const key = { key: publicKey, padding: constants.RSA_PKCS1_PADDING };
  const given = publicKey.asymmetricKeyType === 'rsa' ? key : publicKey;
  return verify(known.hash, content.whole, given, signature.content.subarray(1));
};
