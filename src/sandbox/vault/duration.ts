/** A duration in whole seconds, or the words in which Vault refuses it. */
export type ParsedDuration =
  | { readonly ok: true; readonly seconds: number }
  | { readonly ok: false; readonly error: string };

const unitSeconds: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

/** What Vault takes for a duration: seconds as number or digits, days as `1d`, else as Go writes durations (`1h30m`). */
export const parseDuration = (value: number | string): ParsedDuration => {
  if (typeof value === 'number') return { ok: true, seconds: Math.trunc(value) };
  if (value === '') return { ok: true, seconds: 0 };
  if (/^-?\d+$/.test(value)) return { ok: true, seconds: Number(value) };
  const [, days] = /^(-?\d+)d$/.exec(value) ?? [];
  return days === undefined ? parseGoDuration(value) : { ok: true, seconds: Number(days) * 86_400 };
};

const parseGoDuration = (text: string): ParsedDuration => {
  const invalid = { ok: false, error: `time: invalid duration ${JSON.stringify(text)}` } as const;
  const [, sign, rest = ''] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (!/^((\d+\.?\d*|\.\d+)[^\d.]*)+$/.test(rest)) return invalid;
  let seconds = 0;
  for (const [, amount, unit = ''] of rest.matchAll(/(\d+\.?\d*|\.\d+)([^\d.]*)/g)) {
    const size = unitSeconds[unit];
    if (unit === '') return { ok: false, error: `time: missing unit in duration ${JSON.stringify(text)}` };
    if (size === undefined)
      return { ok: false, error: `time: unknown unit "${unit}" in duration ${JSON.stringify(text)}` };
    seconds += Number(amount) * size;
  }
  return { ok: true, seconds: Math.trunc(sign === '-' ? -seconds : seconds) };
};

/** Whole seconds as Go writes them: `3h0m0s`, `1m30s`, `0s`. */
export const goDuration = (total: number): string => {
  const seconds = Math.abs(total);
  const [h, m, s] = [Math.trunc(seconds / 3600), Math.trunc(seconds / 60) % 60, seconds % 60];
  const text = h > 0 ? `${h}h${m}m${s}s` : m > 0 ? `${m}m${s}s` : `${s}s`;
  return total < 0 ? `-${text}` : text;
};

/** Whole seconds as Vault's warnings name them, without units that are zero: `768h`, `5m`. */
export const shortDuration = (total: number): string =>
  goDuration(total)
    .replace(/(?<=[hm])0s$/, '')
    .replace(/(?<=h)0m$/, '');
