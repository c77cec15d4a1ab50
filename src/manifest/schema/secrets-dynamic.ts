import { z } from 'zod';
import { labName, objectName, vaultPath } from './names.ts';

/** A Kubernetes Secret that Vault makes the values of, anew at each refresh. */
export const dynamicSecret = z.strictObject({
  role: z
    .string()
    .regex(/^[^/\s].*\/[^/\s]+$/, 'is not MOUNT/ROLE')
    .describe('MOUNT/ROLE: the role of a database mount that a user is made with'),
  store: labName().optional().describe('The store of type vault whose login is used; default: the only one'),
  serviceAccount: objectName()
    .optional()
    .describe("Of the Secret's namespace: External Secrets logs in as it; default: the Secret's name"),
  login: vaultPath().optional().describe("The role of the store's auth method; default: the store's own"),
});

/** Its output. */
export type DynamicSecret = z.output<typeof dynamicSecret>;
