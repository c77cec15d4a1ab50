import { z } from 'zod';

const tokenSource = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('env'), name: z.string().min(1) }),
  z.strictObject({ from: z.literal('file'), path: z.string().min(1) }),
]);

/** What its role grants, as far as the manifest says: without them the login is let in and may do nothing. */
const policies = z.array(z.string()).optional();

/** How lab itself logs in to Vault, as the connection has it. */
export const loginConfig = z.discriminatedUnion('auth', [
  z.strictObject({ auth: z.literal('token'), token: tokenSource }),
  z.strictObject({
    auth: z.literal('kubernetes'),
    /** Mount path of the auth method. */
    path: z.string().min(1),
    role: z.string().min(1),
    /** Whose token of the cluster logs in. */
    serviceAccount: z.strictObject({ namespace: z.string().min(1), name: z.string().min(1) }),
    /** The manifest makes that service account: until it is there, Vault waits for it. */
    madeHere: z.boolean().optional(),
    /** What the token is for; [] = the API server's own. */
    audiences: z.array(z.string()),
    policies,
  }),
  z.strictObject({
    auth: z.literal('jwt'),
    path: z.string().min(1),
    role: z.string().min(1),
    token: tokenSource,
    policies,
  }),
  z.strictObject({
    auth: z.literal('app-role'),
    path: z.string().min(1),
    roleId: tokenSource,
    secretId: tokenSource,
  }),
]);

/** One of the ways to log in. */
export type LoginConfig = z.output<typeof loginConfig>;

/** Where a token or another part of a login comes from. */
export type TokenSource = z.output<typeof tokenSource>;
