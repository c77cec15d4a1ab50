import { z } from 'zod';
import { accountId, region } from './cloud-names.ts';
import { expose } from './expose.ts';
import { namespaced } from './names.ts';
import { credentialSource } from './source.ts';
import { grant, identity } from './store-identity.ts';

// Source: CreateRole in the API reference of IAM.
const roleName = z
  .string()
  .regex(/^[\w+=,.@-]{1,64}$/, 'is no name of a role; use letters, digits and + = , . @ _ -, at most 64');
const roleArn = z
  .string()
  .regex(/^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'is no ARN of a role; write arn:aws:iam::ACCOUNT:role/NAME');

/** IAM roles for service accounts: External Secrets takes a role on with a token of the cluster. */
const irsa = z
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

const accessKeys = z.strictObject({
  type: z.literal('access-keys'),
  id: credentialSource().describe('Access key id of an IAM user'),
  secret: credentialSource(),
});

// Source: CreateUser in the API reference of IAM.
const userName = z
  .string()
  .regex(/^[\w+=,.@-]{1,64}$/, 'is no name of a user; use letters, digits and + = , . @ _ -, at most 64');

/** For clusters whose tokens AWS cannot check: External Secrets logs in with an access key of a user that lab makes. */
const iamUser = z.strictObject({
  type: z.literal('iam-user'),
  user: userName.describe('The user of IAM that lab makes'),
  record: z
    .string()
    .regex(/^[A-Za-z0-9/_+=.@-]{1,512}$/, 'is no name of a secret; use letters, digits and / _ + = . @ -, at most 512')
    .optional()
    .describe("The secret of the store's region that keeps its key; default: lab-access-key-USER"),
  rotation: z
    .string()
    .optional()
    .describe('Another text makes another key; the one before stays until previousKey is null'),
  previousKey: z.null().optional().describe('null: the key before the last rotation must be gone'),
  grant: grant().optional(),
});

/** That auth after parsing. */
export type IamUserAuth = z.output<typeof iamUser>;

/** AWS Secrets Manager in one region. */
export const awsStore = z.strictObject({
  type: z.literal('aws-secrets-manager'),
  manage: z
    .enum(['create', 'existing'])
    .default('existing')
    .describe('A region is always there: lab makes nothing and deletes nothing but secrets in it, whatever this says'),
  region: region(),
  account: accountId().optional().describe('The account that the region is of; another one is refused'),
  auth: z
    .discriminatedUnion('type', [accessKeys, iamUser, irsa])
    .optional()
    .describe("Default: what External Secrets' own pod is in AWS"),
  expose,
});

/** A store of type aws-secrets-manager. */
export type AwsStore = z.output<typeof awsStore>;
