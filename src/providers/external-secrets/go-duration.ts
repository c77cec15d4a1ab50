const secondsOf: Readonly<Record<string, number>> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ns: 1e-9,
};

/**
 * Whole seconds of a duration as Go prints or reads it: `1h0m0s`, `90s`, `1.5h`. Rounded up, so that only what means
 * "never" is 0; negative ones mean that too. undefined for any other text. Grammar: https://pkg.go.dev/time#ParseDuration
 */
export const parseGoDuration = (text: string): number | undefined => {
  if (/^[+-]?0$/.test(text)) return 0;
  if (!/^[+-]?((\d+(\.\d*)?|\.\d+)(h|ms|m|s|us|µs|μs|ns))+$/.test(text)) return undefined;
  if (text.startsWith('-')) return 0;
  const sum = [...text.matchAll(/([\d.]+)([a-zµμ]+)/g)].reduce(
    (total, [, amount = '0', unit = '']) => total + Number(amount) * (secondsOf[unit] ?? 0),
    0,
  );
  return Math.ceil(sum);
};
