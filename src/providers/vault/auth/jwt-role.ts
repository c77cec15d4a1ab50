import { z } from 'zod';
import { defineKind } from '../../../engine/define-kind.ts';
import { sortedSet } from '../../../engine/fields.ts';
import { clearable } from '../clearable.ts';
import type { VaultClient } from '../client.ts';
import { differenceOf } from '../product.ts';
import { inWords, recognising } from '../recognising.ts';
import { proveLoginPage } from './login-page.ts';
import { rightsOfRole, roleKind, rolePath } from './role-kind.ts';
import { liveTokenSettings, tokenAnswer, tokenShape, tokenTraits, tokenWords } from './token-settings.ts';

const listed = (value: string | readonly string[]): string[] =>
  [...new Set(typeof value === 'string' ? [value] : value)].toSorted();

const claims = z.record(z.string().min(1), z.union([z.string(), z.array(z.string())]).transform(listed));

const schema = z.strictObject({
  ...tokenShape,
  type: z
    .enum(['jwt', 'oidc'])
    .optional()
    .describe('jwt: who brings a token; oidc: people, who log in at the provider.'),
  redirectUris: sortedSet().optional().describe('oidc: where the provider may send people back to.'),
  scopes: sortedSet().optional().describe('oidc: what is asked of the provider beside `openid`.'),
  userClaim: z.string().min(1).describe('The claim that names who logs in: `sub`, `actor`, …'),
  audiences: sortedSet().optional().describe('One of them must be in the `aud` of the token.'),
  subject: clearable(z.string(), '').describe('The `sub` that the token must have.'),
  claims: claims.optional().describe('Claims that the token must have, each with one of these values.'),
  claimsType: z.enum(['string', 'glob']).optional().describe('Whether `*` in those values stands for anything.'),
  groupsClaim: clearable(z.string(), '').describe('The claim that names the groups, for aliases of groups.'),
  claimMappings: z.record(z.string(), z.string()).optional().describe('Claims that are kept as metadata, by claim.'),
});

const answer = z.object({
  ...tokenAnswer,
  role_type: z.enum(['jwt', 'oidc']),
  allowed_redirect_uris: z.array(z.string()).nullish(),
  oidc_scopes: z.array(z.string()).nullish(),
  user_claim: z.string(),
  bound_audiences: z.array(z.string()).nullish(),
  bound_subject: z.string(),
  bound_claims: claims.nullish(),
  bound_claims_type: z.string(),
  groups_claim: z.string(),
  claim_mappings: z.record(z.string(), z.string()).nullish(),
});

const words = {
  ...tokenWords,
  type: 'role_type',
  redirectUris: 'allowed_redirect_uris',
  scopes: 'oidc_scopes',
  userClaim: 'user_claim',
  audiences: 'bound_audiences',
  subject: 'bound_subject',
  claims: 'bound_claims',
  claimsType: 'bound_claims_type',
  groupsClaim: 'groups_claim',
  claimMappings: 'claim_mappings',
};

/** Whose tokens let in through an auth method of type jwt or oidc: CI jobs, other clusters, people. */
export const jwtAuthRole = defineKind<typeof schema.shape, VaultClient>({
  ...roleKind('vault.jwt-auth-role', 'vault.jwt-auth-config'),
  schema,
  fields: {
    ...tokenTraits,
    type: { unset: 'jwt' },
    redirectUris: { unset: [], destination: true, exact: true },
    scopes: { unset: [], exact: true },
    userClaim: {},
    audiences: { unset: [], grant: true, exact: true },
    subject: { unset: '', grant: true },
    claims: { grant: true, exact: true },
    claimsType: { unset: 'string', grant: true },
    groupsClaim: { unset: '' },
    claimMappings: { exact: true },
  },
  rights: (id) => rightsOfRole(id),
  check: (spec) => (spec.type === 'oidc' ? wrongForPeople(spec) : wrongForTokens(spec)),
  read: async (client, [mount = '', name = '']) => {
    const live = await client.read(['auth', mount, 'role', name], answer);
    if (live === undefined) return { exists: 'no' };
    return {
      exists: 'yes',
      spec: {
        ...liveTokenSettings(live),
        type: live.role_type,
        redirectUris: (live.allowed_redirect_uris ?? []).toSorted(),
        scopes: (live.oidc_scopes ?? []).toSorted(),
        userClaim: live.user_claim,
        audiences: (live.bound_audiences ?? []).toSorted(),
        subject: live.bound_subject,
        claims: live.bound_claims ?? {},
        claimsType: live.bound_claims_type,
        groupsClaim: live.groups_claim,
        claimMappings: live.claim_mappings ?? {},
      },
      outputs: {},
    };
  },
  // Where they are not described, a write tells what was not known.
  recognises: async (client, id, fields) =>
    differenceOf('describesJwtRoles', await client.product())
      ? recognising(rolePath, words)(client, id, fields)
      : { is: 'known' },
  write: (client, { id, spec, live, removed }) =>
    client.write('POST', rolePath(id), {
      ...inWords(words, spec),
      role_type: spec.type ?? 'jwt',
      bound_claims: spec.claims ?? (removed.includes('claims') ? {} : undefined),
      // A write that leaves it out resets it.
      bound_claims_type: spec.claimsType ?? (live.exists === 'yes' ? live.spec['claimsType'] : undefined),
      claim_mappings: spec.claimMappings ?? (removed.includes('claimMappings') ? {} : undefined),
    }),
  verify: async (client, [mount = '', name = ''], spec) =>
    spec.type === 'oidc' ? [await proveLoginPage(client, mount, name, spec.redirectUris?.[0] ?? '')] : [],
});

type Asked = z.output<typeof schema>;

const wrongForTokens = ({ audiences = [], subject = '', claims: bound = {}, redirectUris, scopes }: Asked) => {
  if ((redirectUris ?? []).length > 0 || (scopes ?? []).length > 0)
    return 'redirectUris and scopes belong to type oidc';
  return audiences.length > 0 || subject || Object.keys(bound).length > 0
    ? undefined
    : 'must have audiences, subject or claims: without them every token of the issuer gets in';
};

const wrongForPeople = ({ redirectUris = [] }: Asked): string | undefined =>
  redirectUris.length > 0 ? undefined : 'of type oidc must have redirectUris: where people are sent back to';
