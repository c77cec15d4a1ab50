import { createHash } from 'node:crypto';
import { type Content, entryOf, type Token } from './content.ts';
import { type Acl, aclOf, rootAcl } from './policy/acl.ts';
import { parsePolicy } from './policy/rules.ts';
import type { Data } from './result.ts';

/** The lifetime of tokens and leases that nobody says anything about: 32 days. */
export const systemTtl = 2_764_800;

/** What a new token is made from; times in seconds. */
export interface TokenRequest {
  readonly policies: readonly string[];
  readonly displayName: string;
  readonly path: string;
  readonly meta: Readonly<Record<string, string>> | null;
  readonly orphan: boolean;
  readonly parent?: string;
  readonly id?: string;
  readonly entityId?: string;
  /** 0 = for ever. */
  readonly ttl: number;
  readonly maxTtl?: number;
  readonly period?: number;
  readonly explicitMaxTtl?: number;
  readonly renewable: boolean;
  readonly uses?: number;
}

/** Makes a token. */
export const issueToken = (content: Content, request: TokenRequest): Token => {
  const createdAt = Date.now();
  const token: Token = {
    id: request.id ?? `hvs.${randomLetters(24)}`,
    accessor: randomLetters(24),
    type: 'service',
    policies: request.policies,
    displayName: request.displayName,
    path: request.path,
    meta: request.meta,
    orphan: request.orphan,
    ...(request.parent === undefined ? {} : { parent: request.parent }),
    entityId: request.entityId ?? '',
    createdAt,
    creationTtl: request.ttl,
    period: request.period ?? 0,
    explicitMaxTtl: request.explicitMaxTtl ?? 0,
    maxTtl: request.maxTtl ?? systemTtl,
    renewable: request.renewable,
    ...(request.ttl === 0 ? {} : { expiresAt: createdAt + request.ttl * 1000 }),
    usesLeft: request.uses ?? 0,
  };
  content.tokens[token.id] = token;
  return token;
};

/** The token of a root operator, as init gives it. */
export const issueRoot = (content: Content, id?: string): Token =>
  issueToken(content, {
    ...(id === undefined ? {} : { id }),
    policies: ['root'],
    displayName: 'root',
    path: 'auth/token/root',
    meta: null,
    orphan: true,
    ttl: 0,
    renewable: false,
  });

/** The token with this id, if it still lives. */
export const findToken = (content: Content, id: string): Token | undefined => {
  const token = entryOf(content.tokens, id);
  if (token === undefined) return undefined;
  const isDead = token.usesLeft < 0 || (token.expiresAt !== undefined && token.expiresAt <= Date.now());
  if (!isDead) return token;
  revokeToken(content, token);
  return undefined;
};

/** The token with this accessor. */
export const findByAccessor = (content: Content, accessor: string): Token | undefined => {
  const token = Object.values(content.tokens).find((candidate) => candidate.accessor === accessor);
  return token === undefined ? undefined : findToken(content, token.id);
};

/** Ends a token and all that were made with it. */
export const revokeToken = (content: Content, token: Token): void => {
  delete content.tokens[token.id];
  for (const child of Object.values(content.tokens)) if (child.parent === token.id) revokeToken(content, child);
};

/** Counts one call of a token that has only so many. */
export const useToken = (token: Token): void => {
  if (token.usesLeft > 0) token.usesLeft = token.usesLeft === 1 ? -1 : token.usesLeft - 1;
};

/** What the token's policies grant; a policy that is not there grants nothing. */
export const aclFor = ({ policies }: Content, token: Token): Acl => {
  if (token.policies.includes('root')) return rootAcl;
  return aclOf(
    token.policies.flatMap((name) => {
      const parsed = parsePolicy(entryOf(policies, name) ?? '');
      return parsed.ok ? parsed.rules : [];
    }),
  );
};

/** Policies as tokens carry them: lower-cased, each once, sorted. */
export const sanitizePolicies = (policies: readonly string[]): string[] =>
  [...new Set(policies.map((name) => name.trim().toLowerCase()).filter((name) => name !== ''))].toSorted();

/** Seconds that a token still lives, rounded down; 0 = for ever. */
export const secondsLeft = ({ expiresAt }: Token): number =>
  expiresAt === undefined ? 0 : Math.max(0, Math.floor((expiresAt - Date.now()) / 1000));

/** Seconds that the present lease was given for; 0 = for ever. */
export const leaseOf = ({ expiresAt, renewedAt, createdAt }: Token): number =>
  expiresAt === undefined ? 0 : Math.round((expiresAt - (renewedAt ?? createdAt)) / 1000);

/** The `auth` of an answer that hands out a token. */
export const toAuth = (token: Token): Data => ({
  client_token: token.id,
  accessor: token.accessor,
  policies: token.policies,
  token_policies: token.policies,
  metadata: token.meta,
  lease_duration: leaseOf(token),
  renewable: token.renewable,
  entity_id: token.entityId,
  token_type: token.type,
  orphan: token.orphan,
  mfa_requirement: null,
  num_uses: token.usesLeft,
});

/** What KV notes about who wrote: the entity, else a hash of the policies and the namespace. */
export const clientIdOf = ({ entityId, policies }: Token): string =>
  entityId === ''
    ? createHash('sha256')
        .update(`${policies.toSorted().join('\x7F')}\0root`)
        .digest('base64')
    : entityId;

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Random letters and digits, as in tokens and accessors. */
export const randomLetters = (length: number): string =>
  Array.from(crypto.getRandomValues(new Uint32Array(length)), (number) => letters[number % letters.length]).join('');
