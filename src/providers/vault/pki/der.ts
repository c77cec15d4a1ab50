/** One element of DER (ITU-T X.690), as far as certificates need it. */
export interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

/** The elements that lie one after the other in these bytes. */
export const elementsOf = (bytes: Buffer): readonly Element[] => {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes.readUInt8(at + 1);
    const long = first < 0x80 ? 0 : first & 0x7f;
    const start = at + 2 + long;
    const end = start + (long === 0 ? first : bytes.readUIntBE(at + 2, long));
    elements.push({ tag: bytes.readUInt8(at), content: bytes.subarray(start, end) });
    at = end;
  }
  return elements;
};

/** What lies in the first element of these bytes. */
export const inside = (bytes: Buffer): readonly Element[] => {
  const [first] = elementsOf(bytes);
  return first === undefined ? [] : elementsOf(first.content);
};

const extensionsTag = 0xa3;

/** The value of an extension of a certificate, by the hex digits of its object identifier; Node shows only a few of them. */
export const extensionIn = (certificate: Buffer, type: string): Buffer | undefined => {
  const [body] = inside(certificate);
  const extensions = elementsOf(body?.content ?? Buffer.of()).find(({ tag }) => tag === extensionsTag);
  for (const { content } of inside(extensions?.content ?? Buffer.of())) {
    const parts = elementsOf(content);
    // Between the two may stand that it is critical.
    if (parts[0]?.content.toString('hex') === type) return parts.at(-1)?.content;
  }
  return undefined;
};
