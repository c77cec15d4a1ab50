import { z } from 'zod';

// Words of a store's auth that every cloud shares.

/** An identity of the cloud: one that lab makes, or one that is there. `name` and `existing` are the cloud's own grammars. */
export const identity = (name: z.ZodString, existing: z.ZodString) =>
  z
    .union([z.strictObject({ create: name }), z.strictObject({ existing })])
    .describe('What External Secrets is in the cloud: create: NAME, or existing: ID');

/** How much of the store the identity may read. */
export type Grant =
  | { readonly of: 'per-secret' }
  | { readonly of: 'prefix'; readonly prefix: string }
  | { readonly of: 'vault' };

/** `per-secret`, `prefix:NAME` or `vault`. */
export const grant = () =>
  z
    .string()
    .regex(/^(per-secret|vault|prefix:.+)$/, 'is no grant; write per-secret, prefix:NAME or vault')
    .transform((text): Grant => {
      if (text === 'per-secret' || text === 'vault') return { of: text };
      return { of: 'prefix', prefix: text.slice('prefix:'.length) };
    })
    .describe('What it may read: the secrets that this manifest reads, those whose names begin so, or all');
