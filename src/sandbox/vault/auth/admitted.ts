import { entryOf } from '../content.ts';
import { shortDuration } from '../duration.ts';
import type { Call } from '../endpoint.ts';
import type { Result } from '../result.ts';
import { capped } from '../token-paths.ts';
import { issueToken, sanitizePolicies, systemTtl, toAuth } from '../tokens.ts';
import type { TokenSettings } from './content.ts';

/** Who has logged in. */
export interface Admitted {
  /** What Vault calls them in the display name of their token, after the mount. */
  readonly displayName: string;
  /** What tells them from others of the same method. */
  readonly alias: string;
  readonly meta: Readonly<Record<string, string>>;
}

/** The token that a role gives to who has proved to be let in. */
export const admitted = (
  { vault, mount }: Pick<Call, 'vault' | 'mount'>,
  role: TokenSettings,
  { displayName, alias, meta }: Admitted,
): Result => {
  const { defaultLeaseTtl, maxLeaseTtl, accessor } = mount.entry;
  const asked = role.ttl || defaultLeaseTtl || systemTtl;
  const mountCap = maxLeaseTtl || systemTtl;
  const cap = Math.min(...[role.maxTtl, role.explicitMaxTtl, mountCap].filter((limit) => limit > 0));
  const policies = role.noDefaultPolicy ? role.policies : [...role.policies, 'default'];
  const token = issueToken(vault.content, {
    policies: sanitizePolicies(policies),
    displayName: `${mount.path.slice('auth/'.length).replaceAll('/', '-')}${displayName}`,
    path: `${mount.path}login`,
    meta,
    orphan: true,
    entityId: entityOf(vault.content.entities, `${accessor}/${alias}`),
    ttl: role.period > 0 ? role.period : Math.min(asked, cap),
    maxTtl: cap,
    period: role.period,
    explicitMaxTtl: role.explicitMaxTtl,
    renewable: true,
    uses: role.uses,
  });
  vault.changed();
  const warnings = role.period === 0 && asked > cap ? [capped(shortDuration(asked), cap)] : [];
  return { is: 'data', status: 200, data: null, auth: toAuth(token), ...(warnings.length === 0 ? {} : { warnings }) };
};

/** Logins of one alias are one entity. */
const entityOf = (entities: Record<string, string>, alias: string): string => {
  const known = entryOf(entities, alias);
  if (known !== undefined) return known;
  const made = crypto.randomUUID();
  entities[alias] = made;
  return made;
};
