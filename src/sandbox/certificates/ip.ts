import { isIP } from 'node:net';

const groups = (part: string): number[] =>
  part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));

/** The bytes of an address. */
export const ipBytes = (text: string): Buffer => {
  if (isIP(text) === 4) return Buffer.from(text.split('.').map(Number));
  const [before = '', after] = text.split('::');
  const [head, tail] = [groups(before), groups(after ?? '')];
  const all = after === undefined ? head : [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
};

/** An address that its length has cut, and the mask of that length behind it; undefined for what is no CIDR. */
export const rangeBytes = (text: string): Buffer | undefined => {
  const [, address = '', length = ''] = /^([^/]+)\/(\d+)$/.exec(text) ?? [];
  if (isIP(address) === 0) return undefined;
  const bytes = ipBytes(address);
  if (Number(length) > bytes.length * 8) return undefined;
  const mask = bytes.map((_, index) => (0xff00 >> Math.min(8, Math.max(0, Number(length) - index * 8))) & 0xff);
  return Buffer.from([...bytes.map((byte, index) => byte & (mask[index] ?? 0)), ...mask]);
};

/** Such a range as Go writes it. */
export const rangeText = (range: Buffer): string => {
  const [address, mask] = [range.subarray(0, range.length / 2), range.subarray(range.length / 2)];
  const length = mask.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
  return `${address.length === 4 ? address.join('.') : ip6Text(address)}/${length}`;
};

const ip6Text = (address: Buffer): string =>
  new URL(`http://[${(address.toString('hex').match(/..../g) ?? []).join(':')}]`).hostname.slice(1, -1);
