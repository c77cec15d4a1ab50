import { z } from 'zod';
import { duration } from '../../../engine/fields.ts';
import type { Live } from '../../../engine/resource.ts';
import type { Fields } from '../../../engine/value.ts';
import type { Words } from '../recognising.ts';

/** One setting of a PKI engine: Vault's name for it, and the value that it has until somebody sets it. */
export interface Setting {
  readonly wire: string;
  readonly unset: boolean | number | string | readonly string[];
}

/** Settings by lab's names. */
export type Settings = Readonly<Record<string, Setting>>;

/** What Vault answers for settings, as far as lab reads it. */
export const settingsAnswer = z.record(z.string(), z.json());

/** Lists that are sets, and durations that Vault answers as text (`72h`), in lab's normal form; [] where Vault says null. */
const normal = (live: z.output<ReturnType<typeof z.json>> | undefined, { unset }: Setting): Fields[string] => {
  if (Array.isArray(unset)) {
    const items = Array.isArray(live) ? live.filter((item) => typeof item === 'string') : [];
    return [...new Set(items)].toSorted();
  }
  if (typeof unset === 'number' && typeof live === 'string') return duration().safeParse(live).data ?? live;
  return live ?? unset;
};

/** An answer in lab's words; settings that this Vault does not know are left out. */
export const readSettings = (settings: Settings, answer: z.output<typeof settingsAnswer>): Fields =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([field, setting]) =>
      setting.wire in answer ? [[field, normal(answer[setting.wire], setting)]] : [],
    ),
  );

/** What Vault calls them. */
export const wordsOf = (settings: Settings): Words =>
  Object.fromEntries(Object.entries(settings).map(([field, { wire }]) => [field, wire]));

/** Traits of the fields: what each goes back to. */
export const settingsTraits = <Names extends string>(
  settings: Readonly<Record<Names, Setting>>,
): Readonly<Record<string, { readonly unset: Setting['unset'] }>> =>
  Object.fromEntries(Object.entries<Setting>(settings).map(([field, { unset }]) => [field, { unset }]));

/** The settings of those that this Vault knows, as they are until somebody sets them. */
export const resetBody = (settings: Settings, live: Fields): Fields =>
  Object.fromEntries(Object.entries(untouched(settings)).filter(([field]) => field in live));

/** All of them as they are until somebody sets them. */
const untouched = (settings: Settings): Fields =>
  Object.fromEntries(Object.entries(settings).map(([field, { unset }]) => [field, unset]));

/** Whether every one of these settings is as it is until somebody sets it. */
export const areDefaults = (settings: Settings, fields: Readonly<Record<string, unknown>>): boolean => {
  const defaults = untouched(settings);
  return Object.entries(fields).every(
    ([field, value]) => !(field in defaults) || JSON.stringify(value) === JSON.stringify(defaults[field]),
  );
};

/**
 * What read() answers for settings that are there from mount to unmount: all at their defaults count as absent, unless
 * defaults are all that is asked for.
 */
export const liveSettings = (
  settings: Settings,
  answer: z.output<typeof settingsAnswer> | undefined,
  desired: Readonly<Record<string, unknown>>,
): Live => {
  if (answer === undefined) return { exists: 'no' };
  const spec = readSettings(settings, answer);
  if (areDefaults(settings, spec) && !areDefaults(settings, desired)) return { exists: 'no' };
  return { exists: 'yes', spec, outputs: {} };
};
