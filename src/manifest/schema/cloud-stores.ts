import { z } from 'zod';
import { accountId, isVaultUrlOf, keyVaultName, region, tenantId } from './cloud-names.ts';
import { expose } from './expose.ts';
import { credentialSource } from './source.ts';
import { irsa } from './store-aws.ts';

const existing = z.enum(['existing']).describe('lab never creates, alters or deletes the store itself');

const servicePrincipal = z.strictObject({
  type: z.literal('service-principal'),
  tenant: tenantId().optional().describe('Default: expect.azure.tenant'),
  clientId: credentialSource().describe('Application id of the service principal'),
  clientSecret: credentialSource(),
  grant: z
    .enum(['vault'])
    .optional()
    .describe('What it may read, by your own doing: vault = every secret of the vault'),
});

/** An Azure Key Vault. */
export const azureStore = z
  .strictObject({
    type: z.literal('azure-key-vault'),
    manage: existing,
    name: keyVaultName(),
    url: z.string().toLowerCase().optional().describe('Default: https://NAME.vault.azure.net'),
    auth: z.discriminatedUnion('type', [servicePrincipal]).optional(),
    expose,
  })
  .refine(({ name, url }) => url === undefined || isVaultUrlOf(name, url), {
    path: ['url'],
    message:
      'is no address of this vault; write https://NAME.vault.azure.net, .vault.usgovcloudapi.net or .vault.azure.cn',
  });

const accessKeys = z.strictObject({
  type: z.literal('access-keys'),
  id: credentialSource().describe('Access key id of an IAM user'),
  secret: credentialSource(),
});

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
    .discriminatedUnion('type', [accessKeys, irsa])
    .optional()
    .describe("Default: what External Secrets' own pod is in AWS"),
  expose,
});

/** A store of type azure-key-vault. */
export type AzureStore = z.output<typeof azureStore>;

/** A store of type aws-secrets-manager. */
export type AwsStore = z.output<typeof awsStore>;
