import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Key, PkiStore } from './content.ts';

const defaultBits: Readonly<Record<string, number>> = { rsa: 2048, ec: 256 };
const curves: Readonly<Record<number, string>> = {
  224: 'secp224r1',
  256: 'prime256v1',
  384: 'secp384r1',
  521: 'secp521r1',
};

/** The size that a type of key gets, or Vault's complaint about it. */
export const keyBits = (type: string, given: number): number | string => {
  const bits = given === 0 ? (defaultBits[type] ?? 0) : given;
  switch (type) {
    case 'rsa':
      if (bits < 2048) return `RSA keys < 2048 bits are unsafe and not supported: got ${bits}`;
      return [2048, 3072, 4096, 8192].includes(bits) ? bits : `unsupported bit length for RSA key: ${bits}`;
    case 'ec':
      return bits in curves ? bits : `unsupported bit length for EC key: ${bits}`;
    case 'any':
    case 'ed25519':
      return bits;
    default:
      return `unknown key type ${type}`;
  }
};

/** A new private key. */
export const makeKey = (type: string, bits: number): KeyObject => {
  switch (type) {
    case 'rsa':
      return generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
    case 'ec':
      return generateKeyPairSync('ec', { namedCurve: curves[bits] ?? 'prime256v1' }).privateKey;
    default:
      return generateKeyPairSync('ed25519').privateKey;
  }
};

/** A private key as Vault writes it, without a line break at its end. */
export const keyPem = (key: KeyObject): string => {
  const type: string = key.asymmetricKeyType ?? '';
  switch (type) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' }).toString().trim();
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' }).toString().trim();
    default:
      return key.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
  }
};

/** The key of an entry, for use. */
export const openKey = ({ pem }: Key): KeyObject => createPrivateKey(pem);

/** Keeps a key; the first is the default. Answers its id. */
export const storeKey = (store: PkiStore, key: KeyObject, type: string, name: string): string => {
  const id = crypto.randomUUID();
  store.keys[id] = { name, type, pem: `${keyPem(key)}\n` };
  if (store.defaultKey === '') store.defaultKey = id;
  return id;
};
