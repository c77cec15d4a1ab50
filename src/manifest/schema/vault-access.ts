import { z } from 'zod';
import { vaultPath } from './names.ts';
import { fileName } from './source.ts';

/** A place that Vault logs to: `{path}` of a file, or a device of another type with its options. */
export const auditDevice = z
  .strictObject({
    type: z.enum(['file', 'syslog', 'socket']).default('file'),
    path: z.string().min(1).optional().describe('File on the server of Vault; stdout and discard are words of Vault'),
    description: z.string().optional(),
    options: z.record(z.string(), z.string()).default({}).describe('More of the type, in the words of Vault'),
  })
  .refine(({ type, path }) => type !== 'file' || path !== undefined, {
    path: ['path'],
    message: 'is missing; name a file on the server of Vault, or stdout',
  })
  .refine(({ type, path }) => type === 'file' || path === undefined, {
    path: ['path'],
    message: 'belongs to type file; what other types need goes into options',
  });

/** How generated passwords look: HCL here or in a file. */
export const passwordPolicy = z
  .strictObject({
    hcl: z.string().min(1).optional(),
    file: fileName().optional().describe("HCL in a file of the manifest's folder"),
  })
  .refine(({ hcl, file }) => (hcl === undefined) !== (file === undefined), 'must be one of hcl and file');

/** Policies of a group, and who is in it by what an auth method says. */
export const group = z.strictObject({
  policies: z.array(z.string().min(1)),
  metadata: z.record(z.string(), z.string()).optional(),
  alias: z
    .strictObject({ mount: vaultPath().describe('Path of the auth method'), name: z.string().min(1) })
    .optional()
    .describe('What the group is called in the claims of a login; without it Vault alone knows the members'),
});

/** One entry of `vault.audit`. */
export type AuditDevice = z.output<typeof auditDevice>;

/** One entry of `vault.passwordPolicies`. */
export type PasswordPolicy = z.output<typeof passwordPolicy>;

/** One entry of `vault.groups`. */
export type Group = z.output<typeof group>;
