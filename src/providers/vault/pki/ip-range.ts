import { isIP } from 'node:net';

/** `10.0.0.0/8`, without the bits that its length makes meaningless and in the shortest form; undefined for anything else. */
export const normalRange = (text: string): string | undefined => {
  const [, address = '', length = ''] = /^([^/%]+)\/(\d{1,3})$/.exec(text) ?? [];
  const bytes = bytesOf(address);
  if (bytes.length === 0 || Number(length) > bytes.length * 8) return undefined;
  const mask = bytes.map((_, index) => maskByte(Number(length) - index * 8));
  return `${spell(bytes.map((byte, index) => byte & (mask[index] ?? 0)))}/${Number(length)}`;
};

/** The range of a name constraint, an address with its mask behind it (RFC 5280 §4.2.1.10), as `normalRange` writes it. */
export const rangeIn = (content: Buffer): string => {
  const [address, mask] = [[...content.subarray(0, content.length / 2)], content.subarray(content.length / 2)];
  const length = mask.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
  const isPrefix = mask.every((byte, index) => byte === maskByte(length - index * 8));
  // What has holes is nobody's that wrote a length.
  return `${spell(address)}/${isPrefix ? length : spell([...mask])}`;
};

const maskByte = (bits: number): number => (0xff00 >> Math.min(8, Math.max(0, bits))) & 0xff;

const bytesOf = (address: string): readonly number[] => {
  switch (isIP(address)) {
    case 4:
      return address.split('.').map(Number);
    case 6: {
      const [before = [], after] = shortest(address).split('::').map(groupsOf);
      const zeros = after === undefined ? [] : Array<number>(8 - before.length - after.length).fill(0);
      return [...before, ...zeros, ...(after ?? [])].flatMap((group) => [group >> 8, group & 0xff]);
    }
    default:
      return [];
  }
};

const groupsOf = (part: string): number[] =>
  part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));

const spell = (bytes: readonly number[]): string => {
  if (bytes.length === 4) return bytes.join('.');
  const groups = bytes.flatMap((byte, index) => (index % 2 === 0 ? [(byte << 8) | (bytes[index + 1] ?? 0)] : []));
  return shortest(groups.map((group) => group.toString(16)).join(':'));
};

// An URL spells an IPv6 address as RFC 5952 has it, in groups of hex digits only.
const shortest = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);
