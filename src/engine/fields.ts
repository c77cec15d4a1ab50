import { z } from 'zod';
import { isSecret, type Secret } from '../secrets/secret.ts';
import { isSourced, type Sourced } from '../secrets/source.ts';

// Field types that kinds share. Each accepts its own output again: normalising twice changes nothing.

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of `1h30m`, `20m`, `90s` or a whole number; undefined for anything else. */
export const parseDuration = (text: string | number): number | undefined => {
  if (typeof text === 'number') return Number.isInteger(text) && text >= 0 ? text : undefined;
  if (/^\d+$/.test(text)) return Number(text);
  if (!/^(\d+[smhdw])+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)([smhdw])/g)].reduce(
    (sum, [, amount = '0', unit = 's']) => sum + Number(amount) * (unitSeconds[unit] ?? 0),
    0,
  );
};

/** Go's own normal form of a duration, `1h0m0s`: what External Secrets writes back. */
export const goDuration = (seconds: number): string => {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  if (h > 0) return `${h}h${m}m${s}s`;
  return m > 0 ? `${m}m${s}s` : `${s}s`;
};

/** A duration, written `1h30m`; whole seconds after parsing. */
export const duration = () =>
  z.union([z.string(), z.number()]).transform((text, context) => {
    const seconds = parseDuration(text);
    if (seconds !== undefined) return seconds;
    context.addIssue({ code: 'custom', message: 'is not a duration; write 20m, 1h30m or 90s' });
    return z.NEVER;
  });

/** A list whose order and repetitions mean nothing; sorted and without doubles after parsing. */
export const sortedSet = (entry: z.ZodType<string> = z.string().min(1)) =>
  z.array(entry).transform((items) => [...new Set(items)].toSorted());

/** A secret field: a value already read, or the source that it will be read from. */
export const secretValue = () =>
  z.custom<Secret | Sourced>((value) => isSecret(value) || isSourced(value), {
    message: 'must be a secret value with a source: {env: NAME}, {file: PATH} or {generate: {}}',
  });
