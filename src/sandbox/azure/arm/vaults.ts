import { z } from 'zod';
import { type ArmCall, locationShape, tagsShape, withBody } from './call.ts';
import {
  type ArmContent,
  dropEntry,
  entryOf,
  type NetworkAcls,
  type StoredVault,
  type VaultProperties,
} from './content.ts';
import { liveGroup } from './group-life.ts';
import {
  badRequest,
  groupNotFound,
  locationMismatch,
  nothingToRecover,
  resourceNotFound,
  vaultDeleted,
  vaultTaken,
} from './refusal.ts';
import type { ArmResult } from './result.ts';

export const vaultType = 'Microsoft.KeyVault/vaults';

const networkAcls = z.object({
  bypass: z.enum(['AzureServices', 'None']).default('AzureServices'),
  defaultAction: z.enum(['Allow', 'Deny']).default('Allow'),
  ipRules: z.array(z.object({ value: z.string() })).default([]),
  virtualNetworkRules: z.array(z.object({ id: z.string() })).default([]),
});

const settings = z.object({
  tenantId: z.guid().optional(),
  sku: z.object({ family: z.literal('A').default('A'), name: z.enum(['standard', 'premium']) }).optional(),
  accessPolicies: z.array(z.unknown()).optional(),
  enableRbacAuthorization: z.boolean().optional(),
  enableSoftDelete: z.boolean().optional(),
  softDeleteRetentionInDays: z.int().min(7).max(90).optional(),
  enablePurgeProtection: z.boolean().optional(),
  enabledForDeployment: z.boolean().optional(),
  enabledForDiskEncryption: z.boolean().optional(),
  enabledForTemplateDeployment: z.boolean().optional(),
  networkAcls: networkAcls.optional(),
  publicNetworkAccess: z.string().optional(),
  createMode: z.enum(['default', 'recover']).optional(),
});

const putShape = z.object({
  location: locationShape,
  tags: tagsShape,
  properties: settings.extend({ tenantId: z.guid(), sku: settings.shape.sku.unwrap() }),
});
const patchShape = z.object({ tags: tagsShape, properties: settings.default({}) });

type Settings = z.output<typeof settings>;

const vaultId = (subscription: string, { group, name }: StoredVault): string =>
  `/subscriptions/${subscription}/resourceGroups/${group}/providers/${vaultType}/${name}`;

const body = ({ subscription, now }: ArmCall, vault: StoredVault) => ({
  id: vaultId(subscription, vault),
  name: vault.name,
  type: vaultType,
  location: vault.location,
  tags: vault.tags,
  systemData: { createdBy: 'sandbox', createdByType: 'Application', createdAt: vault.createdAt },
  properties: {
    ...vault.properties,
    vaultUri: `https://${vault.name.toLowerCase()}.vault.azure.net/`,
    provisioningState: vault.readyAt > now ? 'RegisteringDns' : 'Succeeded',
  },
});

const inGroup = ({ arm }: ArmCall, group: string, name: string): StoredVault | undefined => {
  const vault = entryOf(arm.vaults, name);
  return vault?.group.toLowerCase() === group.toLowerCase() ? vault : undefined;
};

export const getVault = (call: ArmCall): ArmResult => {
  const [group = '', name = ''] = call.params;
  if (liveGroup(call, group) === undefined) return groupNotFound(group);
  const vault = inGroup(call, group, name);
  return vault === undefined ? resourceNotFound(vaultType, name, group) : { status: 200, json: body(call, vault) };
};

export const listVaults = (call: ArmCall): ArmResult => ({
  status: 200,
  json: { value: Object.values(call.arm.vaults).map((vault) => body(call, vault)) },
});

export const putVault = (call: ArmCall): ArmResult =>
  withBody(call, putShape, ({ location, tags = {}, properties }) => {
    const [group = '', name = ''] = call.params;
    const known = liveGroup(call, group);
    if (known === undefined) return groupNotFound(group);
    const before = inGroup(call, group, name);
    const deleted = entryOf(call.arm.deletedVaults, name);
    if (properties.createMode === 'recover' && before === undefined) {
      if (deleted === undefined) return nothingToRecover(name);
      const { vault } = deleted;
      if (vault.location !== location || vault.group.toLowerCase() !== group.toLowerCase()) {
        return nothingToRecover(name);
      }
      dropEntry(call.arm.deletedVaults, name);
      return keep(call, { ...vault, readyAt: call.now + call.settleMs }, 200);
    }
    if (before === undefined && deleted !== undefined) return vaultDeleted();
    if (before === undefined && Object.hasOwn(call.secrets, name.toLowerCase())) return vaultTaken(name);
    if (before !== undefined && before.location !== location) {
      return locationMismatch(name, group, before.location, location);
    }
    const refusal = before === undefined ? undefined : refused(before.properties, properties);
    if (refusal !== undefined) return refusal;
    const fresh: StoredVault = {
      name: before?.name ?? name,
      group: known.name,
      location,
      tags,
      properties: changed(before?.properties ?? blank(properties.tenantId), properties),
      readyAt: before?.readyAt ?? call.now + call.settleMs,
      createdAt: before?.createdAt ?? new Date(call.now).toISOString(),
    };
    call.secrets[name.toLowerCase()] ??= {};
    return keep(call, fresh, before === undefined ? 201 : 200);
  });

export const patchVault = (call: ArmCall): ArmResult =>
  withBody(call, patchShape, ({ tags, properties }) => {
    const [group = '', name = ''] = call.params;
    const before = inGroup(call, group, name);
    if (before === undefined) return resourceNotFound(vaultType, name, group);
    const refusal = refused(before.properties, properties);
    if (refusal !== undefined) return refusal;
    const vault = { ...before, tags: tags ?? before.tags, properties: changed(before.properties, properties) };
    return keep(call, vault, 200);
  });

export const deleteVault = (call: ArmCall): ArmResult => {
  const [group = '', name = ''] = call.params;
  const vault = inGroup(call, group, name);
  if (vault === undefined) return { status: 204 };
  softDelete(call, vault);
  return { status: 200 };
};

/** Its secrets stay; the roles that were assigned on it do not. Source: "Azure Key Vault soft-delete overview". */
export const softDelete = (call: ArmCall, vault: StoredVault): void => {
  const { arm } = call;
  dropEntry(arm.vaults, vault.name);
  arm.deletedVaults[vault.name.toLowerCase()] = { vault, deletedAt: call.now };
  dropAssignmentsBelow(arm, vaultId(call.subscription, vault));
  call.changed();
};

/** Forgets the role assignments at and below a scope. */
export const dropAssignmentsBelow = (arm: ArmContent, scope: string): void => {
  const [prefix, own] = [`${scope.toLowerCase()}/`, scope.toLowerCase()];
  const kept = arm.assignments.filter((one) => {
    const at = one.scope.toLowerCase();
    return at !== own && !at.startsWith(prefix);
  });
  arm.assignments.splice(0, arm.assignments.length, ...kept);
};

const keep = (call: ArmCall, vault: StoredVault, status: number): ArmResult => {
  call.arm.vaults[vault.name.toLowerCase()] = vault;
  call.changed();
  return { status, json: body(call, vault) };
};

// As from api-version 2026-02-01 a vault decides by roles unless it is told otherwise.
const blank = (tenantId: string): VaultProperties => ({
  tenantId,
  sku: { family: 'A', name: 'standard' },
  enableRbacAuthorization: true,
  enableSoftDelete: true,
  softDeleteRetentionInDays: 90,
  accessPolicies: [],
  publicNetworkAccess: 'Enabled',
});

const refused = (before: VaultProperties, wanted: Settings): ArmResult | undefined => {
  if (before.enablePurgeProtection === true && wanted.enablePurgeProtection === false) {
    return badRequest(
      'BadRequest',
      'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.',
    );
  }
  const days = wanted.softDeleteRetentionInDays;
  return days === undefined || days === before.softDeleteRetentionInDays
    ? undefined
    : badRequest(
        'BadRequest',
        'The property "softDeleteRetentionInDays" has been set already and it can\'t be modified.',
      );
};

const changed = (before: VaultProperties, wanted: Settings): VaultProperties => {
  const { createMode: _, enableSoftDelete: __, enablePurgeProtection, networkAcls: acls, ...rest } = wanted;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return {
    ...before,
    ...given,
    ...(enablePurgeProtection === true ? { enablePurgeProtection } : {}),
    ...(acls === undefined ? {} : { networkAcls: normal(acls) }),
  };
};

/** A single address comes back with its mask, the id of a subnet in lower case. Source: the example createVaultWithNetworkAcls. */
const normal = ({ ipRules, virtualNetworkRules, ...acls }: NetworkAcls): NetworkAcls => ({
  ...acls,
  ipRules: ipRules.map(({ value }) => ({ value: /^[\d.]+$/.test(value) ? `${value}/32` : value })),
  virtualNetworkRules: virtualNetworkRules.map(({ id }) => ({ id: id.toLowerCase() })),
});
