import type { Plan } from '../engine/change.ts';
import type { DriftReport } from '../engine/outcome.ts';
import type { Exit } from '../views/document.ts';
import { isActedOn, isQuiet } from '../views/plan-summary.ts';
import type { VaultLook } from '../views/vault.ts';
import type { ManifestFlags, PlanFlags } from './flags.ts';

/** The command to type next, with the flags that say which manifest is meant. */
export const nextCommand = (
  words: readonly string[],
  flags: Partial<ManifestFlags>,
  more: readonly string[] = [],
): string =>
  [
    'lab',
    ...words,
    ...(flags.file === undefined || flags.file === '.' ? [] : ['-f', flags.file]),
    ...(flags.environment === undefined ? [] : ['-e', flags.environment]),
    ...(flags.var ?? []).flatMap((pair) => ['--var', pair]),
    ...(flags.sandbox === true ? ['--sandbox'] : []),
    ...more,
  ]
    .map(quoted)
    .join(' ');

// For a POSIX shell.
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** After a plan: how to apply exactly that. */
export const afterPlan = (
  plan: Plan,
  flags: ManifestFlags & PlanFlags & { readonly out: string | undefined },
): string => {
  const saved = flags.out === undefined ? '' : `Saved to ${flags.out}. `;
  if (isQuiet(plan)) return `${saved}Next: ${nextCommand(['drift'], flags)}`;
  if (!plan.changes.some((change) => isActedOn(change) || change.standing.is === 'deferred')) {
    return `${saved}Nothing here can be applied now.`;
  }
  const apply =
    flags.out === undefined
      ? nextCommand(['apply'], flags, selectionOf(flags))
      : nextCommand(['apply', flags.out], { ...flags, environment: undefined });
  return `${saved}Next: ${apply}`;
};

const selectionOf = ({ target, exclude, adopt }: PlanFlags): string[] => [
  ...target.flatMap((address) => ['--target', address]),
  ...exclude.flatMap((address) => ['--exclude', address]),
  ...adopt.flatMap((address) => ['--adopt', address]),
];

/** After apply or destroy: how to go on, or how to look after it. */
export const afterApply = (exit: Exit, mode: Plan['mode'], flags: ManifestFlags): string => {
  if (exit.conditions.length === 0) return `Next: ${nextCommand([mode === 'destroy' ? 'plan' : 'drift'], flags)}`;
  const again = nextCommand([mode], flags, exit.conditions.join() === 'incomplete' ? ['--wait', '30m'] : []);
  return exit.conditions.includes('stale')
    ? `Next: ${nextCommand(['plan'], flags, ['--out', 'plan.lab.json'])}`
    : `Next: ${again}   (goes on; what is done is not done twice)`;
};

/** After a drift report: what brings it back in line. */
export const afterDrift = (exit: Exit, flags: ManifestFlags, lost: DriftReport['lost'] = []): string | undefined => {
  if (exit.conditions.length === 0) return undefined;
  const isSealed = lost.some(({ provider, because }) => provider === 'vault' && because.includes('is sealed'));
  return `Next: ${nextCommand(isSealed ? ['vault', 'unseal'] : ['plan'], flags)}`;
};

/** After a verify report: what shows why something stands as it does. */
export const afterVerify = (exit: Exit, flags: ManifestFlags): string | undefined =>
  exit.conditions.includes('incomplete') ? `Next: ${nextCommand(['plan'], flags)}` : undefined;

/** After a look at Vault: what unseals it, or what makes it. */
export const afterVault = ({ servers, escrow, problem }: VaultLook, flags: ManifestFlags): string | undefined => {
  if (problem !== undefined) return undefined;
  if (servers.some(({ state }) => state === 'uninitialised')) return `Next: ${nextCommand(['apply'], flags)}`;
  const sealed = servers.filter(({ state }) => state === 'sealed');
  const [first] = sealed;
  if (first === undefined) return undefined;
  const readable = escrow.reduce((sum, one) => sum + (one.readable ?? 0), 0);
  if (sealed.some(({ given = 0 }) => given < readable)) return `Next: ${nextCommand(['vault', 'unseal'], flags)}`;
  const missing = (first.threshold ?? 0) - (first.given ?? 0);
  const others = escrow.filter(({ readable: read }) => read === undefined).map(({ custodian }) => custodian);
  return `Next: ${missing} more of ${others.join(', ')}, for each server: VAULT_ADDR=${first.address} vault operator unseal`;
};
