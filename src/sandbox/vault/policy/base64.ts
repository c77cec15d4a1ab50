/** Text that happens to be base64 is taken for encoded: what it decodes to, else undefined. */
export const decodeBase64 = (text: string): string | undefined => {
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.replace(/[\r\n]/g, ''));
  return isBase64 ? Buffer.from(text, 'base64').toString('utf8') : undefined;
};
