import { describeSettings, emptySettings, mergeSettings, tokenFields } from '../auth/token-settings.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { absent, done, found, namesOf, type Result, refused } from '../result.ts';
import type { JwtRole } from './content.ts';
import { methodOf, roleOf } from './store.ts';

const roleFields = {
  ...tokenFields,
  name: 'string',
  role_type: 'string',
  user_claim: 'string',
  bound_audiences: 'commaList',
  bound_subject: 'string',
  bound_claims: 'map',
  bound_claims_type: 'string',
  groups_claim: 'string',
  claim_mappings: 'pairs',
  allowed_redirect_uris: 'commaList',
  oidc_scopes: 'commaList',
  clock_skew_leeway: 'signedSeconds',
  expiration_leeway: 'signedSeconds',
  not_before_leeway: 'signedSeconds',
} as const;

const emptyRole: JwtRole = {
  ...emptySettings,
  roleType: 'oidc',
  userClaim: '',
  audiences: [],
  subject: '',
  claims: null,
  claimsType: 'string',
  groupsClaim: '',
  claimMappings: null,
  redirectUris: null,
  scopes: null,
  clockSkew: 0,
  expirationLeeway: 0,
  notBeforeLeeway: 0,
};

const nameIn = ({ params: [name = ''] }: Call): string => name.toLowerCase();

/** Changes the fields that are named and keeps the others. */
const write = (call: Call, given: Values<typeof roleFields>): Result => {
  const was = roleOf(call, nameIn(call)) ?? emptyRole;
  const settings = mergeSettings(was, given);
  if (typeof settings === 'string') return refused(400, settings);
  const role: JwtRole = {
    ...settings,
    roleType: given.role_type ?? 'oidc',
    userClaim: given.user_claim ?? was.userClaim,
    audiences: given.bound_audiences ?? was.audiences,
    subject: given.bound_subject ?? was.subject,
    claims: given.bound_claims ?? was.claims,
    // What a write leaves out of these two is reset.
    claimsType: given.bound_claims_type ?? 'string',
    groupsClaim: given.groups_claim ?? was.groupsClaim,
    claimMappings: given.claim_mappings ?? was.claimMappings,
    redirectUris: given.allowed_redirect_uris ?? was.redirectUris,
    scopes: given.oidc_scopes ?? was.scopes,
    clockSkew: given.clock_skew_leeway ?? was.clockSkew,
    expirationLeeway: given.expiration_leeway ?? was.expirationLeeway,
    notBeforeLeeway: given.not_before_leeway ?? was.notBeforeLeeway,
  };
  const complaint = complaintAbout(role);
  if (complaint !== undefined) return refused(400, complaint);
  methodOf(call).roles[nameIn(call)] = role;
  call.vault.changed();
  return done;
};

const complaintAbout = (role: JwtRole): string | undefined => {
  const isBound = role.audiences.length > 0 || role.subject !== '' || Object.keys(role.claims ?? {}).length > 0;
  if (role.roleType === 'jwt' && !isBound && role.boundCidrs.length === 0) {
    return 'must have at least one bound constraint when creating/updating a role';
  }
  if (role.userClaim === '') return 'a user claim must be defined on the role';
  if (role.roleType === 'oidc' && (role.redirectUris ?? []).length === 0) {
    return "'allowed_redirect_uris' must be set if 'role_type' is 'oidc' or unspecified.";
  }
  return ['string', 'glob'].includes(role.claimsType) ? undefined : `invalid 'bound_claims_type': ${role.claimsType}`;
};

const read = (call: Call): Result => {
  const role = roleOf(call, nameIn(call));
  if (role === undefined) return absent;
  return found({
    ...describeSettings(role),
    allowed_redirect_uris: role.redirectUris,
    bound_audiences: role.audiences.length === 0 ? null : role.audiences,
    bound_claims: role.claims,
    bound_claims_type: role.claimsType,
    bound_subject: role.subject,
    claim_mappings: role.claimMappings,
    clock_skew_leeway: role.clockSkew,
    expiration_leeway: role.expirationLeeway,
    groups_claim: role.groupsClaim,
    max_age: 0,
    not_before_leeway: role.notBeforeLeeway,
    oidc_scopes: role.scopes,
    role_type: role.roleType,
    user_claim: role.userClaim,
    user_claim_json_pointer: false,
    verbose_oidc_logging: false,
  });
};

const remove = (call: Call): Result => {
  delete methodOf(call).roles[nameIn(call)];
  call.vault.changed();
  return done;
};

const list = (call: Call): Result => namesOf(Object.keys(methodOf(call).roles));

/** `role…` of an auth method of type jwt or oidc. */
export const jwtRoleEndpoints: readonly Endpoint[] = [
  endpoint({ pattern: /^role\/?$/, fields: {}, on: { list } }),
  endpoint({
    pattern: /^role\/(\w(?:[\w.-]*\w)?)$/,
    fields: roleFields,
    exists: (call) => roleOf(call, nameIn(call)) !== undefined,
    on: { read, update: write, delete: remove },
  }),
];
