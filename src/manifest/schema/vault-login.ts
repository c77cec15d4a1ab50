import { z } from 'zod';
import { namespaced, vaultPath } from './names.ts';
import { credentialSource } from './source.ts';

const login = z.discriminatedUnion('auth', [
  z.strictObject({ auth: z.literal('token'), token: credentialSource() }),
  z.strictObject({
    auth: z.literal('kubernetes'),
    path: vaultPath().default('kubernetes').describe('Mount path of the auth method'),
    role: vaultPath(),
    serviceAccount: namespaced()
      .optional()
      .describe('NAMESPACE/NAME whose token logs in; default: the one that the role in vault.auth lets in'),
    audiences: z.array(z.string().min(1)).optional().describe('Of that token; default: the audience of the role'),
  }),
  z.strictObject({
    auth: z.literal('jwt'),
    path: vaultPath().default('jwt').describe('Mount path of the auth method'),
    role: vaultPath(),
    token: credentialSource().describe('The JWT, such as the id token of a CI job'),
  }),
  z.strictObject({
    auth: z.literal('app-role'),
    path: vaultPath().default('approle').describe('Mount path of the auth method'),
    roleId: credentialSource(),
    secretId: credentialSource(),
  }),
]);

/** How lab logs in to Vault: one way for all, or one each for plan and apply. */
export const vaultLogin = z
  .union([login, z.strictObject({ plan: login, apply: login })])
  .transform((given) => ('plan' in given ? given : { plan: given, apply: given }));

/** One way to log in. */
export type VaultLogin = z.output<typeof login>;
