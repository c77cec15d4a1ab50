import { z } from 'zod';

// Grammars of names in Azure and AWS, checked offline. Sources: Azure "Naming rules and restrictions" (Microsoft.KeyVault),
// CreateSecret in the API reference of AWS Secrets Manager.

const vaultName = /^(?=.{3,24}$)[a-z](-?[a-z0-9])*$/i;
const secretInAzure = /^[0-9A-Za-z-]{1,127}$/;
const secretInAws = /^[A-Za-z0-9/_+=.@-]{1,512}$/;

/** What each of Azure's clouds is called by lab and by External Secrets, by the domain of its key vaults. */
const clouds = {
  'vault.azure.net': { name: 'public', environmentType: 'PublicCloud' },
  'vault.usgovcloudapi.net': { name: 'us-government', environmentType: 'USGovernmentCloud' },
  'vault.azure.cn': { name: 'china', environmentType: 'ChinaCloud' },
} as const;

/** Whether text can name a secret in Azure Key Vault, which takes no notice of case. */
export const isAzureSecretName = (text: string): boolean => secretInAzure.test(text);

/** Whether text can name a secret in AWS Secrets Manager. */
export const isAwsSecretName = (text: string): boolean => secretInAws.test(text);

/** Whether a URL is the one of this vault, in any of Azure's clouds: tokens and secrets go there and nowhere else. */
export const isVaultUrlOf = (name: string, url: string): boolean =>
  Object.keys(clouds).some((domain) => url === `https://${name}.${domain}`);

/** The cloud of a vault's URL; Azure's public one where there is none. */
export const cloudOf = (url: string | undefined): (typeof clouds)[keyof typeof clouds] => {
  const found = Object.entries(clouds).find(([domain]) => url?.endsWith(`.${domain}`) === true);
  return found === undefined ? clouds['vault.azure.net'] : found[1];
};

/** The name of a key vault; lower-case after parsing, as it stands in its address. */
export const keyVaultName = () =>
  z
    .string()
    .regex(vaultName, 'is no name of a key vault; use 3 to 24 letters, digits and single "-", a letter first')
    .toLowerCase();

/** The id of a tenant of Microsoft Entra; lower-case after parsing. */
export const tenantId = () =>
  z
    .guid('is no id of a tenant; az account show has it as tenantId')
    .toLowerCase()
    .describe('Tenant of Microsoft Entra');

/** The id of a subscription of Azure; lower-case after parsing. */
export const subscriptionId = () =>
  z.guid('is no id of a subscription; az account show has it as id').toLowerCase().describe('Subscription of Azure');

/** The name of a resource group; lower-case after parsing, as it stands in addresses. */
export const resourceGroupName = () =>
  z
    .string()
    .regex(
      /^[-\w.()]{0,89}[-\w()]$/,
      'is no name of a resource group; use letters, digits and - _ . ( ), no "." at the end',
    )
    .toLowerCase();

/** A location of Azure: `westeurope`. */
export const azureLocation = () =>
  z
    .string()
    .regex(/^[a-z][a-z0-9 ]*$/i, 'is no location of Azure; write westeurope')
    .transform((text) => text.toLowerCase().replaceAll(' ', ''));

/** An AWS region: `us-east-1`. */
export const region = () => z.string().regex(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, 'is no AWS region; write us-east-1');

/** An AWS account. */
export const accountId = () => z.string().regex(/^\d{12}$/, 'is no AWS account; write its 12 digits, in quotes');

// Source: "Partitions" in the AWS whitepaper on fault isolation boundaries, and the names of their regions. Every other region is of the partition `aws`.
const partitions = {
  'cn-': 'aws-cn',
  'us-gov-': 'aws-us-gov',
  'us-iso-': 'aws-iso',
  'us-isob-': 'aws-iso-b',
  'eu-isoe-': 'aws-iso-e',
  'us-isof-': 'aws-iso-f',
  'eusc-': 'aws-eusc',
} as const;

/** The partition of AWS that a region is in: accounts of different ones never meet. */
export const partitionOf = (awsRegion: string): string =>
  Object.entries(partitions).find(([prefix]) => awsRegion.startsWith(prefix))?.[1] ?? 'aws';
