import { entryOf, type Token } from './content.ts';
import { parseDuration, shortDuration } from './duration.ts';
import { type Call, type Endpoint, endpoint } from './endpoint.ts';
import type { Values } from './fields.ts';
import { absent, type Data, done, doneWith, found, type Result, refused, together } from './result.ts';
import {
  aclFor,
  findByAccessor,
  findToken,
  issueToken,
  leaseOf,
  revokeToken,
  sanitizePolicies,
  secondsLeft,
  systemTtl,
  toAuth,
} from './tokens.ts';

const createFields = {
  id: 'string',
  policies: 'list',
  ttl: 'string',
  period: 'string',
  explicit_max_ttl: 'string',
  display_name: 'string',
  meta: 'pairs',
  no_parent: 'bool',
  no_default_policy: 'bool',
  renewable: 'bool',
  num_uses: 'int',
  type: 'string',
} as const;

const create = (call: Call, values: Values<typeof createFields>, orphan: boolean): Result => {
  const { vault, token: parent } = call;
  if (values.type !== undefined && values.type !== '' && values.type !== 'service') {
    return refused(400, `the sandbox issues service tokens only, not "${values.type}"`);
  }
  if ((values.num_uses ?? 0) < 0) return refused(400, 'number of uses cannot be negative');
  const ttl = parseDuration(values.ttl ?? '');
  if (!ttl.ok) return refused(400, ttl.error);
  if (ttl.seconds < 0) return refused(400, 'ttl must be positive');
  const explicitMaxTtl = parseDuration(values.explicit_max_ttl ?? '');
  if (!explicitMaxTtl.ok) return refused(400, explicitMaxTtl.error);
  const period = parseDuration(values.period ?? '');
  if (!period.ok) return refused(400, period.error);
  if (values.id !== undefined && findToken(vault.content, values.id) !== undefined) {
    return refused(400, 'cannot create a token with a duplicate ID');
  }

  const isRoot = parent.policies.includes('root');
  const isSudo = isRoot || aclFor(vault.content, parent).allows(call.mount.path + call.params[0], 'sudo');
  const asked = sanitizePolicies(values.policies ?? []);
  if (!isSudo && asked.some((name) => !parent.policies.includes(name))) {
    return refused(400, 'child policies must be subset of parent');
  }
  if (asked.includes('root') && !isRoot) {
    return refused(400, 'root tokens may not be created without parent token being root');
  }
  if (values.no_parent === true && !isSudo) {
    return refused(400, 'root or sudo privileges required to create orphan token');
  }
  const policies = withDefault(asked.length === 0 ? parent.policies : asked, values.no_default_policy === true);
  const cap = explicitMaxTtl.seconds > 0 ? Math.min(explicitMaxTtl.seconds, systemTtl) : systemTtl;
  const warnings = [
    ...(values.id === undefined || values.id === '' ? [] : [weakHash]),
    ...(ttl.seconds > cap ? [capped(values.ttl ?? '', cap)] : []),
    ...policies
      .filter((name) => name !== 'root' && entryOf(vault.content.policies, name) === undefined)
      .map((name) => `Policy "${name}" does not exist`),
  ];
  const lives = policies.includes('root') && ttl.seconds === 0 && period.seconds === 0 && explicitMaxTtl.seconds === 0;
  const token = issueToken(vault.content, {
    ...(values.id === undefined || values.id === '' ? {} : { id: values.id }),
    policies,
    displayName: displayNameOf(values.display_name),
    path: `auth/token/${call.params[0]}`,
    meta: values.meta ?? null,
    orphan: orphan || values.no_parent === true,
    ...(orphan || values.no_parent === true ? {} : { parent: parent.id }),
    ttl: lives ? 0 : period.seconds > 0 ? period.seconds : Math.min(ttl.seconds === 0 ? systemTtl : ttl.seconds, cap),
    period: period.seconds,
    explicitMaxTtl: explicitMaxTtl.seconds,
    renewable: !lives && values.renewable !== false,
    uses: values.num_uses ?? 0,
  });
  vault.changed();
  return { is: 'data', status: 200, data: null, auth: toAuth(token), ...(warnings.length === 0 ? {} : { warnings }) };
};

const weakHash =
  'Supplying a custom ID for the token uses the weaker SHA1 hashing instead of the more secure SHA2-256 HMAC for token obfuscation. SHA1 hashed tokens on the wire leads to less secure lookups.';

/** The remark on a lifetime that was cut. */
export const capped = (asked: string, cap: number): string =>
  `TTL of "${asked}" exceeded the effective max_ttl of "${shortDuration(cap)}"; TTL value is capped accordingly`;

const withDefault = (policies: readonly string[], without: boolean): string[] => {
  const names = policies.filter((name) => name !== 'default');
  if (names.includes('root')) return ['root'];
  return without ? sanitizePolicies(names) : sanitizePolicies([...names, 'default']);
};

const displayNameOf = (name: string | undefined): string =>
  name === undefined || name === '' ? 'token' : `token-${name}`.replace(/[^a-zA-Z0-9-]/g, '-').replace(/-$/, '');

const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

const describe = (token: Token, id: string): Data => ({
  accessor: token.accessor,
  creation_time: seconds(token.createdAt),
  creation_ttl: token.creationTtl,
  display_name: token.displayName,
  entity_id: token.entityId,
  expire_time: token.expiresAt === undefined ? null : new Date(token.expiresAt).toISOString(),
  explicit_max_ttl: token.explicitMaxTtl,
  id,
  meta: token.meta,
  num_uses: token.usesLeft,
  orphan: token.orphan,
  path: token.path,
  policies: token.policies,
  ttl: secondsLeft(token),
  type: token.type,
  ...(token.period === 0 ? {} : { period: token.period }),
  // What init made has no lease, and so none of these.
  ...(token.path === 'auth/token/root'
    ? {}
    : { issue_time: new Date(token.createdAt).toISOString(), renewable: token.renewable }),
  ...(token.renewedAt === undefined
    ? {}
    : { last_renewal: new Date(token.renewedAt).toISOString(), last_renewal_time: seconds(token.renewedAt) }),
});

const renew = (call: Call, token: Token, increment: number): Result => {
  if (!token.renewable) return refused(400, 'lease is not renewable');
  const now = Date.now();
  const limits = [token.explicitMaxTtl, token.period > 0 ? 0 : token.maxTtl].filter((limit) => limit > 0);
  const until = Math.min(...limits.map((limit) => token.createdAt + limit * 1000));
  const asked = token.period > 0 ? token.period : increment > 0 ? increment : leaseOf(token);
  token.renewedAt = now;
  token.expiresAt = Math.min(now + asked * 1000, until);
  call.vault.changed();
  const cap = Math.round((until - token.createdAt) / 1000);
  const warnings = now + asked * 1000 > until ? [capped(shortDuration(asked), cap)] : [];
  return { is: 'data', status: 200, data: null, auth: toAuth(token), ...(warnings.length === 0 ? {} : { warnings }) };
};

const revoke = ({ vault }: Call, token: Token | undefined): Result => {
  if (token !== undefined) {
    revokeToken(vault.content, token);
    vault.changed();
  }
  return done;
};

const invalidAccessor = refused(400, together(['invalid accessor']));

/** `auth/token/…`. */
export const tokenEndpoints: readonly Endpoint[] = [
  endpoint({
    pattern: /^(create)$/,
    fields: createFields,
    on: { update: (call, values) => create(call, values, false) },
  }),
  endpoint({
    pattern: /^(create-orphan)$/,
    fields: createFields,
    on: { update: (call, values) => create(call, values, true) },
  }),
  endpoint({
    pattern: /^lookup-self$/,
    fields: { token: 'string' },
    on: {
      read: ({ token }) => found(describe(token, token.id)),
      update: ({ token }) => found(describe(token, token.id)),
    },
  }),
  endpoint({
    pattern: /^lookup$/,
    fields: { token: 'string' },
    on: {
      update: (call, { token = call.token.id }) => {
        const asked = findToken(call.vault.content, token);
        return asked === undefined ? refused(403, 'bad token') : found(describe(asked, asked.id));
      },
    },
  }),
  endpoint({
    pattern: /^lookup-accessor$/,
    fields: { accessor: 'string' },
    on: {
      update: ({ vault }, { accessor = '' }) => {
        const asked = findByAccessor(vault.content, accessor);
        return asked === undefined ? invalidAccessor : found(describe(asked, ''));
      },
    },
  }),
  endpoint({
    pattern: /^renew-self$/,
    fields: { token: 'string', increment: 'seconds' },
    on: { update: (call, { increment = 0 }) => renew(call, call.token, increment) },
  }),
  endpoint({ pattern: /^revoke-self$/, fields: {}, on: { update: (call) => revoke(call, call.token) } }),
  endpoint({
    pattern: /^revoke$/,
    fields: { token: 'string' },
    on: {
      update: (call, { token = '' }) =>
        token === '' ? refused(400, 'missing token ID') : revoke(call, findToken(call.vault.content, token)),
    },
  }),
  endpoint({
    pattern: /^revoke-accessor$/,
    fields: { accessor: 'string' },
    on: {
      update: (call, { accessor = '' }) => {
        const asked = findByAccessor(call.vault.content, accessor);
        return asked === undefined ? doneWith(['No token found with this accessor']) : revoke(call, asked);
      },
    },
  }),
  endpoint({
    pattern: /^accessors\/?$/,
    fields: {},
    on: {
      list: ({ vault }) => {
        const keys = Object.values(vault.content.tokens).map(({ accessor }) => accessor);
        return keys.length === 0 ? absent : found({ keys });
      },
    },
  }),
];
