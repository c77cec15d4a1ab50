import { z } from 'zod';
import { azureLocation, isVaultUrlOf, keyVaultName, resourceGroupName, tenantId } from './cloud-names.ts';
import { expose } from './expose.ts';
import { namespaced } from './names.ts';
import { credentialSource } from './source.ts';
import { grant, identity } from './store-identity.ts';

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

// Source: "Naming rules and restrictions for Azure resources" (Microsoft.ManagedIdentity).
const identityName = z
  .string()
  .regex(/^[a-z0-9][-\w]{2,127}$/i, 'is no name of a managed identity; use 3 to 128 letters, digits, "-" and "_"')
  .toLowerCase();

const resourceId =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[^/]+$/i;

const identityId = z
  .string()
  .regex(
    resourceId,
    'is no id of a managed identity; write /subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME',
  );

const workloadIdentity = z.strictObject({
  type: z.literal('workload-identity'),
  serviceAccount: namespaced().describe('NAMESPACE/NAME; lab contributes the annotations that name the identity'),
  identity: identity(identityName, identityId),
  grant: grant().optional(),
});

const managedIdentity = z
  .strictObject({
    type: z.literal('managed-identity'),
    identity: z
      .strictObject({ existing: identityId })
      .optional()
      .describe("One of the nodes' identities; default: the only one that they have"),
    grant: grant().optional(),
  })
  .refine(({ identity: given, grant: rights }) => given !== undefined || rights === undefined, {
    path: ['grant'],
    message: 'needs identity: {existing: ID}, or lab cannot tell whom to give it to',
  });

const group = z
  .union([resourceGroupName(), z.strictObject({ existing: resourceGroupName() })])
  .describe("Where vault and identity are: NAME, made in the vault's location if it is not there; or existing: NAME");

/** An Azure Key Vault. */
export const azureStore = z
  .strictObject({
    type: z.literal('azure-key-vault'),
    manage: z
      .enum(['create', 'existing'])
      .describe('existing: lab never creates, alters or deletes the vault itself; create: it makes it, roles decide'),
    name: keyVaultName(),
    resourceGroup: group.optional(),
    location: azureLocation().optional().describe('Of a vault that lab makes: westeurope'),
    purgeProtection: z
      .boolean()
      .optional()
      .describe('Nobody can purge before the retention ends; never taken back, so it needs allowIrreversible'),
    retentionDays: z.int().min(7).max(90).optional().describe('How long what is deleted can be had back; default 90'),
    url: z.string().toLowerCase().optional().describe('Default: https://NAME.vault.azure.net'),
    auth: z.discriminatedUnion('type', [servicePrincipal, workloadIdentity, managedIdentity]).optional(),
    expose,
  })
  .refine(({ name, url }) => url === undefined || isVaultUrlOf(name, url), {
    path: ['url'],
    message:
      'is no address of this vault; write https://NAME.vault.azure.net, .vault.usgovcloudapi.net or .vault.azure.cn',
  })
  .superRefine(({ manage, resourceGroup, location, purgeProtection, retentionDays }, context) => {
    const missing = (field: string, why: string) =>
      context.addIssue({ code: 'custom', path: [], message: `${field} ${why}` });
    if (manage === 'create') {
      if (resourceGroup === undefined) missing('resourceGroup', 'is missing: where to make the vault');
      if (location === undefined) missing('location', 'is missing: where to make the vault');
      return;
    }
    for (const [field, value] of Object.entries({ location, purgeProtection, retentionDays })) {
      if (value !== undefined) missing(field, 'belongs to a vault that lab makes; this one says manage: existing');
    }
  });

/** A store of type azure-key-vault. */
export type AzureStore = z.output<typeof azureStore>;

/** How External Secrets logs in to one. */
export type AzureAuth = NonNullable<AzureStore['auth']>;

/** That of a cluster's service account. */
export type WorkloadIdentityAuth = z.output<typeof workloadIdentity>;
