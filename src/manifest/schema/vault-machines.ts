import { z } from 'zod';
import { duration } from '../../engine/fields.ts';
import { plain } from '../text.ts';
import { vaultPath } from './names.ts';
import { credentialSource, fileName, storeKey } from './source.ts';
import { tuning } from './vault-tuning.ts';

/** What a role says of the tokens that it gives. */
const tokens = {
  policies: z.array(z.string().min(1)),
  ttl: duration().optional(),
  maxTtl: duration().optional(),
  networks: z.array(z.string()).optional().describe('CIDRs that such a token may be used from'),
};

const secretId = z
  .strictObject({
    ttl: duration().optional().describe('How long a SecretID lives; unset = for ever'),
    uses: z.int().min(0).optional().describe('How many logins one is good for; 0 = as many as one likes'),
    networks: z.array(z.string()).optional().describe('CIDRs that one may be used from'),
    renewBefore: duration()
      .optional()
      .describe('How long before its end the delivered one is replaced; a quarter of ttl'),
    deliver: z
      .strictObject({
        store: storeKey().optional().describe('STORE/KEY: the secret of a store that it lies in'),
        wrapped: fileName()
          .optional()
          .describe("A file of the manifest's folder that a token lies in: whoever unwraps it first has the SecretID"),
      })
      .transform(({ store, wrapped }, context) => {
        if (store !== undefined && wrapped === undefined) return { to: 'store', store } as const;
        if (wrapped !== undefined && store === undefined) return { to: 'file', file: plain(wrapped) } as const;
        context.addIssue({ code: 'custom', message: 'must name one place: {store: STORE/KEY} or {wrapped: FILE}' });
        return z.NEVER;
      })
      .optional()
      .describe('One that lab issues, puts where its machine finds it, and renews'),
  })
  .superRefine(({ ttl, renewBefore, deliver }, context) => {
    if (deliver?.to === 'file' && (ttl === undefined || ttl === 0)) {
      const message = 'needs a ttl: the token in the file lives as long as its SecretID';
      context.addIssue({ code: 'custom', path: ['deliver', 'wrapped'], message });
    }
    if (renewBefore === undefined) return;
    const complain = (message: string) => context.addIssue({ code: 'custom', path: ['renewBefore'], message });
    if (deliver === undefined) return complain('needs deliver: only a SecretID that lab delivers is renewed');
    if (ttl === undefined || ttl === 0) return complain('needs a ttl: without one a SecretID lives for ever');
    if (renewBefore >= ttl) return complain('must be shorter than ttl');
  });

/** What a role of AppRole says of its SecretIDs. */
export type SecretIdSettings = z.output<typeof secretId>;

const approle = z.strictObject({ ...tokens, secretId: secretId.optional() });

/** AppRole: machines that hold a RoleID and a SecretID. */
export const approleAuth = z.strictObject({
  type: z.literal('approle'),
  ...tuning,
  roles: z.record(vaultPath(), approle).default({}),
});

const jwtRole = z.strictObject({
  ...tokens,
  userClaim: z.string().min(1).default('sub').describe('The claim that names who logs in'),
  audiences: z.array(z.string().min(1)).optional(),
  subject: z.string().min(1).optional(),
  claims: z
    .record(z.string().min(1), z.union([z.string(), z.array(z.string())]))
    .optional()
    .describe('Claims that the token must have, each with one of these values'),
  claimsType: z.enum(['string', 'glob']).optional().describe('glob: `*` in those values stands for anything'),
  groupsClaim: z.string().min(1).optional().describe('The claim that names the groups, for vault.groups'),
});

/** JWT: CI jobs and other clusters, which bring a token of their own issuer. */
export const jwtAuth = z
  .strictObject({
    type: z.literal('jwt'),
    ...tuning,
    discoveryUrl: z.url().optional().describe('The issuer, which says itself where its keys are'),
    jwksUrl: z.url().optional().describe('Where the keys are'),
    publicKeys: z.array(z.string().min(1)).min(1).optional().describe('The keys themselves, as PEM'),
    ca: z
      .strictObject({ pem: z.string().min(1) })
      .optional()
      .describe('What signs the certificate of that address'),
    issuer: z.string().min(1).optional().describe('The `iss` that tokens must have'),
    defaultRole: vaultPath().optional(),
    roles: z.record(vaultPath(), jwtRole).default({}),
  })
  .refine(
    ({ discoveryUrl, jwksUrl, publicKeys }) =>
      [discoveryUrl, jwksUrl, publicKeys].filter((given) => given !== undefined).length === 1,
    'must have exactly one of discoveryUrl, jwksUrl and publicKeys',
  );

const oidcRole = z.strictObject({
  ...jwtRole.shape,
  redirectUris: z.array(z.url()).min(1).describe('Where the provider may send people back to'),
  scopes: z.array(z.string().min(1)).optional().describe('What is asked of the provider beside openid'),
});

/** OIDC: people, who log in at a provider. */
export const oidcAuth = z.strictObject({
  type: z.literal('oidc'),
  ...tuning,
  discoveryUrl: z.url().describe('The provider, which says itself where people log in'),
  clientId: z.string().min(1).describe('What Vault is called there'),
  clientSecret: credentialSource(),
  ca: z
    .strictObject({ pem: z.string().min(1) })
    .optional()
    .describe('What signs the certificate of that address'),
  issuer: z.string().min(1).optional().describe('The `iss` that tokens must have'),
  defaultRole: vaultPath().optional(),
  roles: z.record(vaultPath(), oidcRole).default({}),
});

/** One entry of `vault.auth` of type oidc. */
export type OidcAuth = z.output<typeof oidcAuth>;

/** One entry of `vault.auth` of type approle. */
export type ApproleAuth = z.output<typeof approleAuth>;

/** One of type jwt. */
export type JwtAuth = z.output<typeof jwtAuth>;
