const seconds: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** A duration as Go writes it, in seconds; undefined if it is none. */
export const parseDuration = (text: string): number | undefined => {
  if (text === '0') return 0;
  const [, sign, rest = ''] = /^(-?)((?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+)$/.exec(text) ?? [];
  if (rest === '') return undefined;
  const parts = [...rest.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  const total = parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (seconds[unit] ?? 0), 0);
  return sign === '-' ? -total : total;
};

/** Seconds in Go's normal form, as the API server gets it back from the operator: `1h0m0s`, `10s`, `0s`. */
export const formatDuration = (total: number): string => {
  const whole = Math.abs(total);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const text = h > 0 ? `${h}h${m}m${s}s` : m > 0 ? `${m}m${s}s` : `${s}s`;
  return total < 0 ? `-${text}` : text;
};
