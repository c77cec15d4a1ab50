import { isFields } from '../../engine/value.ts';
import { type Draft, type Found, type Given, warning } from './draft.ts';
import { type Holder, holdersIn, isOwnLogin, textsIn } from './policy-holders.ts';
import { type PathRule, rulesIn, withoutSlash } from './policy-paths.ts';
import { type Power, powers, writing } from './powers.ts';

/** A policy of the manifest, whichever section has it. */
interface Policy {
  readonly draft: Draft;
  /** As Vault keeps it. */
  readonly name: string;
  readonly rules: readonly PathRule[];
  /** The one that is computed for what lab does itself. */
  readonly isLabs: boolean;
}

/** What its holder can do, by which path, and what comes of that. */
interface Danger {
  readonly doing: string;
  readonly takes: string;
}

/**
 * Warns of policies whose holder can give itself rights that nobody gave it. That lab's own login has one that is computed
 * is as it must be; that others have it is not.
 */
export function* checkRootLike(given: Given, drafts: readonly Draft[]): Generator<Found> {
  const { vault } = given.manifest;
  const holders = holdersIn(drafts);
  const policies = policiesIn(given, drafts);
  const dangers = dangersOf(policies, holders, mountsIn(drafts));
  for (const policy of policies) {
    const danger = dangers.get(policy.name);
    const its = holders.filter(
      (holder) => holder.policies.includes(policy.name) && !(policy.isLabs && isOwnLogin(vault, holder)),
    );
    if (danger === undefined || (policy.isLabs && its.length === 0)) continue;
    const text = `lets its holder ${danger.doing} in Vault, and so take ${danger.takes}: hold it as you would the root token. ${heldBy(its)}`;
    yield warning(given, policy.draft.path, 'ROOT_LIKE', text);
  }
}

const policiesIn = ({ manifest }: Given, drafts: readonly Draft[]): readonly Policy[] =>
  drafts.flatMap((draft) => {
    const { kind, spec, path } = draft;
    const [name = ''] = draft.parts;
    if (kind !== 'vault.policy') return [];
    const isLabs = path[0] === 'vault' && manifest.vault?.policies[name]?.computed === 'apply';
    const { paths, hcl } = spec;
    const rules = isFields(paths)
      ? Object.entries(paths).map(([at, words]) => ({ path: withoutSlash(at), capabilities: textsIn(words) }))
      : rulesIn(typeof hcl === 'string' ? hcl : '');
    return [{ draft, name: name.toLowerCase(), rules, isLabs }];
  });

// Where a method's path has several segments, `*` does not stand for it.
const mountsIn = (drafts: readonly Draft[]): readonly string[] => [
  '*',
  ...drafts.flatMap(({ kind, parts: [path = ''] }) =>
    kind === 'vault.auth-method' && path.includes('/') ? [path] : [],
  ),
];

/** What each policy lets its holder do; a SecretID of a role is as good as the policies of the role. */
const dangersOf = (
  policies: readonly Policy[],
  holders: readonly Holder[],
  mounts: readonly string[],
): ReadonlyMap<string, Danger> => {
  const dangers = new Map<string, Danger>();
  for (const { name, rules, isLabs } of policies) {
    const found = isLabs ? { doing: 'write policies', takes: 'any right' } : directly(rules, mounts);
    if (found !== undefined) dangers.set(name, found);
  }
  for (let known = -1; known < dangers.size; ) {
    known = dangers.size;
    for (const { name, rules } of policies) {
      const found = dangers.has(name) ? undefined : byRole(rules, holders, dangers);
      if (found !== undefined) dangers.set(name, found);
    }
  }
  return dangers;
};

const directly = (rules: readonly PathRule[], mounts: readonly string[]): Danger | undefined => {
  for (const { what, takes, paths, needs } of powers) {
    const all = paths.flatMap((path) => mounts.map((mount) => path.replace(/^auth\/\*/, `auth/${mount}`)));
    const rule = ruleFor(rules, all, needs);
    if (rule !== undefined) return { doing: `${what} (${rule.path})`, takes };
  }
  return undefined;
};

const byRole = (
  rules: readonly PathRule[],
  holders: readonly Holder[],
  dangers: ReadonlyMap<string, Danger>,
): Danger | undefined => {
  for (const { named, mount = '', role = '', isAppRole, policies } of holders) {
    const [, danger] = [...dangers].find(([policy]) => policies.includes(policy)) ?? [];
    if (!isAppRole || danger === undefined) continue;
    const path = `auth/${mount}/role/${role.toLowerCase()}`;
    const rule = ruleFor(rules, [`${path}/secret-id`, `${path}/custom-secret-id`], writing);
    if (rule !== undefined) return { doing: `issue SecretIDs of ${named} (${rule.path})`, takes: danger.takes };
  }
  return undefined;
};

const ruleFor = (rules: readonly PathRule[], paths: readonly string[], needs: Power['needs']): PathRule | undefined =>
  rules.find(
    ({ path, capabilities = [] }) =>
      !capabilities.includes('deny') &&
      capabilities.some((capability) => needs.includes(capability)) &&
      paths.some((one) => overlap(path, one)),
  );

/** Whether a policy's path, with its `+` and its closing `*`, reaches any of what a pattern stands for. */
const overlap = (path: string, pattern: string): boolean => {
  const segments = path.split('/');
  const wanted = pattern.split('/');
  for (const [index, segment] of segments.entries()) {
    const other = wanted[index];
    if (other === undefined) return false;
    if (index === segments.length - 1 && segment.endsWith('*')) {
      return other === '*' || other.startsWith(segment.slice(0, -1));
    }
    if (segment !== '+' && other !== '*' && segment !== other) return false;
  }
  return segments.length === wanted.length;
};

const heldBy = (holders: readonly Holder[]): string =>
  holders.length === 0
    ? 'Nobody in this manifest has it'
    : `It is given to ${holders.map(({ named }) => named).join(', ')}`;
