const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const plain = decimal.indexOf('');

/** An amount in its shortest form, as the API server stores it: `1000m` is `1`, `1024Ki` is `1Mi`. */
export const shortestQuantity = (text: string): string => {
  const [, digits = '', fraction = '', suffix = ''] = /^([+-]?\d+)(?:\.(\d+))?([A-Za-z]{0,2})$/.exec(text) ?? [];
  const [suffixes, base] = suffix.endsWith('i') ? [binary, 1024n] : [decimal, 1000n];
  const at = suffixes.indexOf(suffix);
  if (digits === '' || at < 0) return text;
  // In the smallest unit there is: no part of an amount is lost, and whole numbers are easy to shorten.
  const lowest = base === 1024n ? 0 : -plain;
  const steps = at - (base === 1024n ? 0 : plain) - lowest;
  const scaled = BigInt(digits + fraction) * base ** BigInt(steps);
  const divisor = 10n ** BigInt(fraction.length);
  if (scaled % divisor !== 0n) return text;
  let amount = scaled / divisor;
  let unit = 0;
  while (amount !== 0n && amount % base === 0n && unit < suffixes.length - 1) {
    amount /= base;
    unit += 1;
  }
  return `${amount}${amount === 0n ? '' : suffixes[unit]}`;
};
