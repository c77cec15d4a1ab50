/** Bytes as PEM, with a line break at the end. */
export const toPem = (label: string, der: Uint8Array): string =>
  [
    `-----BEGIN ${label}-----`,
    ...(Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []),
    `-----END ${label}-----`,
    '',
  ].join('\n');

/** The blocks of a PEM text: their labels, and each as strict PEM. */
export const pemBlocks = (text: string): readonly { readonly label: string; readonly der: Buffer }[] =>
  [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----/g)].map(
    ([, label = '', body = '']) => ({ label, der: Buffer.from(body.replaceAll(/\s/g, ''), 'base64') }),
  );
