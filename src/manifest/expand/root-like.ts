import type { VaultSection } from '../schema/vault.ts';
import { type Found, type Given, warning } from './draft.ts';
import { type PathRule, pathsIn } from './policy-paths.ts';

/** Something in Vault whose writing gives its writer any right; `*` is any one segment. */
interface Power {
  /** `write policies` */
  readonly what: string;
  readonly paths: readonly string[];
  readonly needs: readonly string[];
}

const writing = ['create', 'update'];

// Sources: Vault's documentation of policies ("sudo" of auth/token/create), identity groups and each auth method's roles.
const powers: readonly Power[] = [
  { what: 'write policies', paths: ['sys/policies/acl/*', 'sys/policy/*'], needs: writing },
  {
    what: 'write roles of auth methods',
    paths: [
      'auth/*/role/*',
      'auth/*/role/*/policies',
      'auth/*/roles/*',
      'auth/*/users/*',
      'auth/*/groups/*',
      'auth/*/map/*/*',
    ],
    needs: writing,
  },
  {
    what: 'write groups and entities',
    paths: [
      'identity/entity',
      'identity/entity/id/*',
      'identity/entity/name/*',
      'identity/group',
      'identity/group/id/*',
      'identity/group/name/*',
    ],
    needs: writing,
  },
  { what: 'make tokens with any policy', paths: ['auth/token/create', 'auth/token/create-orphan'], needs: ['sudo'] },
];

/**
 * Warns of policies whose holder can give itself any right. That lab's own login has one that is computed is as it must be;
 * that others have it is not.
 */
export function* checkRootLike(given: Given, vault: VaultSection): Generator<Found> {
  for (const [name, policy] of Object.entries(vault.policies)) {
    const isLabs = policy.computed === 'apply';
    const found = isLabs ? 'write policies' : whatOf(pathsIn(given, policy));
    const holders = holdersOf(vault, name).filter((holder) => !(isLabs && isOwnLogin(vault, holder)));
    if (found === undefined || (isLabs && holders.length === 0)) continue;
    const text = `lets its holder ${found} in Vault, and so take any right: hold it as you would the root token. ${heldBy(holders)}`;
    yield warning(given, ['vault', 'policies', name], 'ROOT_LIKE', text);
  }
}

const whatOf = (rules: readonly PathRule[]): string | undefined => {
  for (const { what, paths, needs } of powers) {
    const rule = rules.find(
      ({ path, capabilities = [] }) =>
        !capabilities.includes('deny') &&
        capabilities.some((capability) => needs.includes(capability)) &&
        paths.some((one) => overlap(path, one)),
    );
    if (rule !== undefined) return `${what} (${rule.path})`;
  }
  return undefined;
};

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

/** A role of an auth method, or a group. */
interface Holder {
  readonly named: string;
  readonly mount?: string;
  readonly role?: string;
}

const holdersOf = ({ auth, groups }: VaultSection, policy: string): readonly Holder[] => [
  ...Object.entries(auth).flatMap(([mount, { roles }]) =>
    Object.entries(roles).flatMap(([role, { policies }]) =>
      policies.includes(policy) ? [{ named: `role ${mount}/${role}`, mount, role }] : [],
    ),
  ),
  ...Object.entries(groups).flatMap(([name, { policies }]) =>
    policies.includes(policy) ? [{ named: `group ${name}` }] : [],
  ),
];

const isOwnLogin = ({ login: { apply } }: VaultSection, { mount, role }: Holder): boolean => {
  if (apply.auth === 'token') return false;
  // An AppRole is told by its RoleID, which the manifest does not hold.
  return apply.path === mount && (apply.auth === 'app-role' || apply.role === role);
};

const heldBy = (holders: readonly Holder[]): string =>
  holders.length === 0
    ? 'Nobody in this manifest has it'
    : `It is given to ${holders.map(({ named }) => named).join(', ')}`;
