/** DER, the byte form of X.509 (ITU-T X.690): the few types that a certificate is made of. */
export type Der = Buffer;

const element = (tag: number, parts: readonly Uint8Array[]): Der => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body), body]);
};

const lengthOf = (body: Buffer): Buffer => {
  if (body.length < 0x80) return Buffer.from([body.length]);
  const bytes = bigEndian(body.length);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
};

const bigEndian = (value: number): number[] => (value < 256 ? [value] : [...bigEndian(value >> 8), value & 0xff]);

export const sequence = (...parts: Der[]): Der => element(0x30, parts);
export const set = (...parts: Der[]): Der => element(0x31, parts);
export const octetString = (content: Uint8Array): Der => element(0x04, [content]);
export const utf8String = (text: string): Der => element(0x0c, [Buffer.from(text)]);
export const boolean = (value: boolean): Der => element(0x01, [Buffer.from([value ? 0xff : 0])]);

/** A bit string whose last `unusedBits` bits do not count. */
export const bitString = (content: Uint8Array, unusedBits = 0): Der =>
  element(0x03, [Buffer.from([unusedBits]), content]);

/** Text of ASCII letters, as country codes are written. */
export const printableString = (text: string): Der => element(0x13, [Buffer.from(text)]);

/** A small number that is not negative. */
export const smallInteger = (value: number): Der => integer(Buffer.from(bigEndian(value)));

export const nothing: Der = element(0x05, []);

/** A context tag that wraps several elements. */
export const constructed = (tag: number, ...parts: Der[]): Der => element(0xa0 | tag, parts);

/** A context tag that wraps one element, as in `[3] EXPLICIT`. */
export const explicit = (tag: number, content: Der): Der => element(0xa0 | tag, [content]);

/** A context tag that stands for the type itself, as in `[2] IMPLICIT IA5String`. */
export const implicit = (tag: number, content: Uint8Array): Der => element(0x80 | tag, [content]);

/** A number that is not negative, given as its big-endian bytes. */
export const integer = (bytes: Uint8Array): Der => {
  const negative = ((bytes[0] ?? 0) & 0x80) !== 0;
  return element(0x02, negative ? [Buffer.from([0]), bytes] : [bytes]);
};

/** A dotted object identifier such as `2.5.29.17`. */
export const objectIdentifier = (dotted: string): Der => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, [Buffer.from([first * 40 + second, ...rest.flatMap((arc) => base128(arc))])]);
};

const base128 = (arc: number, more = 0): number[] =>
  arc < 128 ? [arc | more] : [...base128(arc >> 7, 0x80), (arc & 0x7f) | more];

/** A date in the form that RFC 5280 wants: UTCTime before 2050, GeneralizedTime from then on. */
export const time = (date: Date): Der =>
  date.getUTCFullYear() < 2050
    ? utcTime(date)
    : element(0x18, [Buffer.from(`${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`)]);

/** UTCTime, for dates before 2050. */
export const utcTime = (date: Date): Der => {
  const digits = date.toISOString().replace(/\D/g, '').slice(2, 14);
  return element(0x17, [Buffer.from(`${digits}Z`)]);
};

/** One element of DER that was read. */
export interface Element {
  readonly tag: number;
  /** With its header. */
  readonly whole: Der;
  readonly content: Der;
}

/** The elements that lie one after the other in these bytes. Throws RangeError where they end too early. */
export const elementsOf = (bytes: Der): readonly Element[] => {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes.readUInt8(at + 1);
    const long = first < 0x80 ? 0 : first & 0x7f;
    const length = long === 0 ? first : bytes.readUIntBE(at + 2, long);
    const start = at + 2 + long;
    if (start + length > bytes.length) throw new RangeError('an element of DER is longer than what holds it');
    elements.push({
      tag: bytes.readUInt8(at),
      whole: bytes.subarray(at, start + length),
      content: bytes.subarray(start, start + length),
    });
    at = start + length;
  }
  return elements;
};
