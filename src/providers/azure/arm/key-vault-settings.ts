import type { NetworkRuleSet, VaultPatchProperties, VaultProperties } from '@azure/arm-keyvault';
import { z } from 'zod';
import { sortedSet } from '../../../engine/fields.ts';
import type { Fields } from '../../../engine/value.ts';
import { LabError } from '../../../errors.ts';
import { groupName, location } from './names.ts';
import { tagsField } from './resource-tags.ts';

/** A vault as the manifest has it. */
export const vaultSchema = z.strictObject({
  resourceGroup: groupName().toLowerCase(),
  location: location().optional().describe('Needed to make one: westeurope.'),
  sku: z.enum(['standard', 'premium']).optional().describe('premium keeps keys in hardware.'),
  rbac: z.boolean().optional().describe('Roles decide who may do what. A new vault has it unless this says false.'),
  retentionDays: z
    .int()
    .min(7)
    .max(90)
    .optional()
    .describe('How long a deleted vault or secret is kept; never changed.'),
  purgeProtection: z.boolean().optional().describe('Nobody can purge before the retention ends; never taken back.'),
  publicNetwork: z.enum(['enabled', 'disabled']).optional().describe('disabled: private endpoints only.'),
  firewall: z.enum(['allow', 'deny']).optional().describe('What happens to an address that no rule names.'),
  bypass: z.enum(['azure-services', 'none']).optional().describe("Whether Microsoft's own services come through."),
  allowIps: sortedSet()
    .transform((ips) => ips.map((ip) => (/^[\d.]+$/.test(ip) ? `${ip}/32` : ip)))
    .optional()
    .describe('Addresses or ranges: 203.0.113.7, 10.1.0.0/16.'),
  allowSubnets: sortedSet()
    .transform((ids) => ids.map((id) => id.toLowerCase()).toSorted())
    .optional()
    .describe('Ids of subnets.'),
  tags: tagsField(),
});

type Wanted = z.output<typeof vaultSchema>;

/** What a vault is set to, in the manifest's words. */
export const seenSettings = (properties: VaultProperties): Fields => {
  const { networkAcls: rules = {} } = properties;
  return {
    sku: properties.sku.name,
    rbac: properties.enableRbacAuthorization ?? false,
    retentionDays: properties.softDeleteRetentionInDays ?? 90,
    purgeProtection: properties.enablePurgeProtection ?? false,
    publicNetwork: properties.publicNetworkAccess?.toLowerCase() === 'disabled' ? 'disabled' : 'enabled',
    firewall: rules.defaultAction === 'Deny' ? 'deny' : 'allow',
    bypass: rules.bypass === 'None' ? 'none' : 'azure-services',
    allowIps: (rules.ipRules ?? []).map(({ value }) => value).toSorted(),
    allowSubnets: (rules.virtualNetworkRules ?? []).map(({ id }) => id.toLowerCase()).toSorted(),
  };
};

/** What is sent of what the manifest says; rules of the firewall are sent whole, so those that it leaves alone come along. */
export const settingsToSend = (wanted: Wanted, live: VaultProperties | undefined): VaultPatchProperties => {
  const { sku, rbac, retentionDays, purgeProtection, publicNetwork } = wanted;
  return {
    ...(sku === undefined ? {} : { sku: { family: 'A', name: sku } }),
    ...(rbac === undefined ? {} : { enableRbacAuthorization: rbac }),
    ...(live === undefined && retentionDays !== undefined ? { softDeleteRetentionInDays: retentionDays } : {}),
    // Azure takes no false here, not even for what is not protected.
    ...(purgeProtection === true ? { enablePurgeProtection: true } : {}),
    ...(publicNetwork === undefined ? {} : { publicNetworkAccess: capital(publicNetwork) }),
    ...rulesToSend(wanted, live?.networkAcls),
  };
};

const rulesToSend = (
  { firewall, bypass, allowIps, allowSubnets }: Wanted,
  live: NetworkRuleSet = {},
): Pick<VaultPatchProperties, 'networkAcls'> => {
  if ([firewall, bypass, allowIps, allowSubnets].every((field) => field === undefined)) return {};
  return {
    networkAcls: {
      defaultAction: firewall === undefined ? (live.defaultAction ?? 'Allow') : capital(firewall),
      bypass: bypass === undefined ? (live.bypass ?? 'AzureServices') : bypass === 'none' ? 'None' : 'AzureServices',
      ipRules: allowIps?.map((value) => ({ value })) ?? live.ipRules ?? [],
      virtualNetworkRules: allowSubnets?.map((id) => ({ id })) ?? live.virtualNetworkRules ?? [],
    },
  };
};

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

/** Refuses what Azure never changes, before anything is sent. Throws CONFLICT. */
export const refuseImpossible = (
  name: string,
  wanted: Partial<Wanted>,
  live: { readonly group: string; readonly location: string; readonly properties: VaultProperties },
): void => {
  const { retentionDays, purgeProtection } = seenSettings(live.properties);
  const differing = [
    ...(wanted.location === undefined || wanted.location === live.location ? [] : ['location']),
    ...(wanted.retentionDays === undefined || wanted.retentionDays === retentionDays ? [] : ['retentionDays']),
    ...(wanted.purgeProtection === false && purgeProtection === true ? ['purgeProtection'] : []),
  ];
  if (differing.length === 0) return;
  throw new LabError('CONFLICT', `Azure never changes ${differing.join(', ')} of the vault ${name}`, {
    next: 'Write them as they are, or give the vault another name.',
  });
};
