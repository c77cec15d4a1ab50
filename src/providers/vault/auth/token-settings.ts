import { z } from 'zod';
import { duration } from '../../../engine/fields.ts';
import type { FieldTraits } from '../../../engine/resource.ts';
import { clearable } from '../clearable.ts';

// What the roles of every auth method say of the tokens that they give.

/** Vault matches names of policies in lower case. */
export const lowerCased = (items: readonly string[]): string[] =>
  [...new Set(items.map((item) => item.toLowerCase()))].toSorted();

// Vault takes off what says "this one address".
const networks = () =>
  z
    .array(z.string())
    .transform((items) => [...new Set(items.map((item) => item.replace(/\/(32|128)$/, '')))].toSorted());

/** The fields. */
export const tokenShape = {
  policies: z.array(z.string().min(1)).transform(lowerCased).describe('Policies of the Vault tokens that they get.'),
  ttl: clearable(duration(), 0).describe('How long such a token lives; 0 = as the method has it.'),
  maxTtl: clearable(duration(), 0).describe('How long it can be renewed at most; 0 = as the method has it.'),
  period: clearable(duration(), 0).describe('Makes it renewable for ever, each time for this long; 0 = off.'),
  noDefaultPolicy: clearable(z.boolean(), false).describe('Leaves out the policy `default`.'),
  networks: networks().optional().describe('CIDRs that such a token may be used from.'),
};

/** Their traits. */
export const tokenTraits = {
  policies: { grant: true, exact: true },
  ttl: { unset: 0 },
  maxTtl: { unset: 0 },
  period: { unset: 0 },
  noDefaultPolicy: { unset: false },
  networks: { unset: [], exact: true },
} as const satisfies Record<string, FieldTraits>;

/** How a role's read answers them. */
export const tokenAnswer = {
  token_policies: z.array(z.string()).nullish(),
  token_ttl: z.number(),
  token_max_ttl: z.number(),
  token_period: z.number(),
  token_no_default_policy: z.boolean(),
  token_bound_cidrs: z.array(z.string()).nullish(),
};

type TokenSpec = z.output<z.ZodObject<typeof tokenShape>>;
type TokenAnswer = z.output<z.ZodObject<typeof tokenAnswer>>;

/** In the spec's words. */
export const liveTokenSettings = (live: TokenAnswer) => ({
  policies: lowerCased(live.token_policies ?? []),
  ttl: live.token_ttl,
  maxTtl: live.token_max_ttl,
  period: live.token_period,
  noDefaultPolicy: live.token_no_default_policy,
  networks: (live.token_bound_cidrs ?? []).toSorted(),
});

/** What Vault calls them. */
export const tokenWords = {
  policies: 'token_policies',
  ttl: 'token_ttl',
  maxTtl: 'token_max_ttl',
  period: 'token_period',
  noDefaultPolicy: 'token_no_default_policy',
  networks: 'token_bound_cidrs',
} as const satisfies Readonly<Record<keyof TokenSpec, string>>;
