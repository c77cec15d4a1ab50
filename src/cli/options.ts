import { isWithin } from '../engine/address.ts';
import type { Plan } from '../engine/change.ts';
import { parseDuration } from '../engine/fields.ts';
import { didYouMean } from '../engine/suggest.ts';
import type { PlanOptions } from '../engine/world.ts';
import { LabError } from '../errors.ts';
import type { Expanded } from '../manifest/expanded.ts';
import type { State } from '../state/store.ts';
import type { PlanFlags } from './flags.ts';

/** Plan options from flags. Throws BAD_MANIFEST for a pattern that nothing matches: a slip of the pen must not look like "nothing to do". */
export const planOptions = (
  flags: PlanFlags,
  mode: PlanOptions['mode'],
  known: { readonly manifest: Expanded; readonly state: State | undefined },
): PlanOptions => {
  const wanted = known.manifest.resources.map(({ address }) => address);
  const addresses = [...wanted, ...(known.state?.records ?? []).map(({ address }) => address)];
  for (const pattern of [...flags.target, ...flags.exclude]) {
    if (!addresses.some((address) => isWithin(address, pattern))) throw unknown(pattern, addresses);
  }
  const adoptsAll = flags.adopt.includes('all');
  for (const address of flags.adopt) if (!adoptsAll && !wanted.includes(address)) throw unknown(address, wanted);
  return {
    mode,
    targets: flags.target,
    excludes: flags.exclude,
    adopt: adoptsAll ? true : flags.adopt,
    parallelism: flags.parallelism,
  };
};

const unknown = (pattern: string, addresses: readonly string[]): LabError =>
  new LabError('BAD_MANIFEST', `there is no ${pattern}.${didYouMean(pattern, addresses)}`, {
    next: 'lab expand lists the addresses of the manifest, lab state list those of the state.',
  });

/** Options that make a fresh plan comparable with a saved one: the same part of the manifest, the same claims. */
export const optionsOf = (saved: Plan, manifest: Expanded, parallelism: number): PlanOptions => {
  const addresses = new Set(saved.changes.map(({ address }) => address));
  const isWhole = manifest.resources.every(({ address }) => addresses.has(address));
  const having = (action: 'adopt' | 'delete') => saved.changes.filter(({ actions }) => actions.includes(action));
  return {
    mode: saved.mode,
    targets: isWhole ? [] : [...addresses],
    excludes: [],
    adopt: having('adopt').map(({ address }) => address),
    parallelism,
  };
};

/** Seconds of a flag that takes a duration; undefined without it. */
export const secondsOf = (flag: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const seconds = parseDuration(text);
  if (seconds !== undefined) return seconds;
  throw new LabError('BAD_MANIFEST', `--${flag} ${text} is not a duration`, { next: 'Write it as 30m, 1h30m or 90s.' });
};
