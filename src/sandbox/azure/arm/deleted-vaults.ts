import type { ArmCall } from './call.ts';
import { type DeletedVault, dropEntry, entryOf } from './content.ts';
import { badRequest, deletedVaultNotFound } from './refusal.ts';
import type { ArmResult } from './result.ts';
import { vaultType } from './vaults.ts';

const day = 24 * 60 * 60 * 1000;

const iso = (time: number): string => new Date(time).toISOString().replace(/\.\d+/, '');

const body = ({ subscription }: ArmCall, { vault, deletedAt }: DeletedVault) => {
  const { name, group, location, tags, properties } = vault;
  return {
    id: `/subscriptions/${subscription}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${name}`,
    name,
    type: 'Microsoft.KeyVault/deletedVaults',
    properties: {
      vaultId: `/subscriptions/${subscription}/resourceGroups/${group}/providers/${vaultType}/${name}`,
      location,
      tags,
      deletionDate: iso(deletedAt),
      scheduledPurgeDate: iso(deletedAt + properties.softDeleteRetentionInDays * day),
      ...(properties.enablePurgeProtection === true ? { purgeProtectionEnabled: true } : {}),
    },
  };
};

const found = (call: ArmCall): DeletedVault | undefined => {
  const [location = '', name = ''] = call.params;
  const deleted = entryOf(call.arm.deletedVaults, name);
  return deleted?.vault.location === location.toLowerCase() ? deleted : undefined;
};

export const listDeletedVaults = (call: ArmCall): ArmResult => ({
  status: 200,
  json: { value: Object.values(call.arm.deletedVaults).map((deleted) => body(call, deleted)) },
});

export const getDeletedVault = (call: ArmCall): ArmResult => {
  const deleted = found(call);
  return deleted === undefined
    ? deletedVaultNotFound(call.params[1] ?? '')
    : { status: 200, json: body(call, deleted) };
};

export const purgeDeletedVault = (call: ArmCall): ArmResult => {
  const deleted = found(call);
  if (deleted === undefined) return deletedVaultNotFound(call.params[1] ?? '');
  const { name, properties } = deleted.vault;
  if (properties.enablePurgeProtection === true) {
    return badRequest('MethodNotAllowed', `Operation 'DeletedVaultPurge' is not allowed.`);
  }
  dropEntry(call.arm.deletedVaults, name);
  dropEntry(call.secrets, name);
  call.changed();
  return { status: 200 };
};
