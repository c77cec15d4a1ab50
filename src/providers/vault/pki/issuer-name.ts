/** Whether Vault takes it as the name of an issuer. `default` is a word of its own. */
export const isIssuerName = (name: string): boolean => /^\w[\w.-]*$/.test(name) && name.toLowerCase() !== 'default';

/** The mount and the issuer of `MOUNT/ISSUER`. */
export const splitIssuer = (text: string): readonly [mount: string, issuer: string] => {
  const at = text.lastIndexOf('/');
  return [text.slice(0, at), text.slice(at + 1)];
};
