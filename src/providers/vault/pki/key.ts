/** The keys that Vault makes, in lab's words: type and size in one. */
export const issuerKeys = [
  'rsa-2048',
  'rsa-3072',
  'rsa-4096',
  'rsa-8192',
  'ec-224',
  'ec-256',
  'ec-384',
  'ec-521',
  'ed25519',
] as const;

/** Vault's two words for a key. ed25519 and any have no size. */
export const keyBody = (key: string): { readonly key_type: string; readonly key_bits: number } => {
  const [type = '', bits = '0'] = key.split('-');
  return { key_type: type, key_bits: Number(bits) };
};

/** lab's word for a key that Vault describes. */
export const keyName = (type: string, bits: number): string => (bits === 0 ? type : `${type}-${bits}`);
