/** Vault decodes a policy's text that is valid base64 and stores what comes out. Line breaks do not count. */
export const isBase64 = (text: string): boolean => {
  const letters = text.replace(/[\r\n]/g, '');
  return letters.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(letters);
};
