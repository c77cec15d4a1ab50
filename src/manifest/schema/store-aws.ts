import { z } from 'zod';
import { namespaced } from './names.ts';
import { grant, identity } from './store-identity.ts';

// Source: CreateRole in the API reference of IAM.
const roleName = z
  .string()
  .regex(/^[\w+=,.@-]{1,64}$/, 'is no name of a role; use letters, digits and + = , . @ _ -, at most 64');
const roleArn = z
  .string()
  .regex(/^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'is no ARN of a role; write arn:aws:iam::ACCOUNT:role/NAME');

/** IAM roles for service accounts: External Secrets takes a role on with a token of the cluster. */
export const irsa = z
  .strictObject({
    type: z.literal('irsa'),
    serviceAccount: namespaced().describe('NAMESPACE/NAME; lab contributes the annotation that names the role'),
    identity: identity(roleName, roleArn),
    grant: grant().optional(),
  })
  .refine(({ identity: given, grant: rights }) => !('existing' in given && rights !== undefined), {
    path: ['grant'],
    message: 'belongs to a role that lab makes; an existing one brings its own rights',
  });

/** That auth after parsing. */
export type IrsaAuth = z.output<typeof irsa>;
