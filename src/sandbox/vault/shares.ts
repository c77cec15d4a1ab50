import { type Result, refused } from './result.ts';

/** A share as a request gives it, in hex; or what is wrong with it, in Vault's words. */
export const shareIn = (body: Readonly<Record<string, unknown>>, orElse = ''): string | Result => {
  const key = typeof body['key'] === 'string' ? body['key'] : '';
  if (key === '') return refused(400, `'key' must be specified in request body as JSON${orElse}`);
  return toHex(key) ?? refused(400, "'key' must be a valid hex or base64 string");
};

const toHex = (key: string): string | undefined => {
  if (/^(?:[\da-fA-F]{2})+$/.test(key)) return key.toLowerCase();
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(key);
  return isBase64 ? Buffer.from(key, 'base64').toString('hex') : undefined;
};

/** What is wrong with numbers of shares that a key is to be cut into. */
export const sealComplaint = (shares: number, threshold: number): string | undefined => {
  if (shares < 1) return 'shares must be at least one';
  if (threshold < 1) return 'threshold must be at least one';
  if (shares > 1 && threshold === 1) return 'threshold must be greater than one for multiple shares';
  if (shares > 255) return 'shares must be less than 256';
  return threshold > shares ? 'threshold cannot be larger than shares' : undefined;
};

/** What Vault says of shares that do not open it. */
export const wrongShares = (seal: string): string =>
  `invalid key: failed to decrypt keys from storage: error decrypting seal wrapped value\nerror decrypting using seal ${seal}: cipher: message authentication failed`;
