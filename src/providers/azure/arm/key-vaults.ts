import type {
  DeletedVault as SdkDeleted,
  Vault as SdkVault,
  VaultPatchParameters,
  VaultProperties,
} from '@azure/arm-keyvault';
import type { Arm } from './arm.ts';
import { isGone } from './refusal.ts';

/** A key vault as a resource. */
export interface KeyVault {
  readonly id: string;
  readonly group: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: VaultProperties;
}

/** A vault that was deleted and is kept. Dates as `2026-01-31`; '' where Azure does not say. */
export interface DeletedVault {
  readonly group: string;
  readonly location: string;
  readonly deletedOn: string;
  readonly purgedOn: string;
  readonly purgeProtected: boolean;
}

const absent = { value: undefined };
const pathOf = (group: string, name: string): string =>
  `/resourceGroups/${group}/providers/Microsoft.KeyVault/vaults/${name}`;

/** Undefined if it is not there. */
export const readVault = (arm: Arm, group: string, name: string): Promise<KeyVault | undefined> =>
  arm.vaults<KeyVault | undefined>(
    { method: 'GET', path: pathOf(group, name) },
    async (sdk) => vaultIn(await sdk.vaults.get(group, name)),
    (failure) => (isGone(failure) ? absent : undefined),
  );

/** The same where only its name is known, which is unique in the world. */
export const findVault = (arm: Arm, name: string): Promise<KeyVault | undefined> =>
  arm.vaults({ method: 'GET', path: '/providers/Microsoft.KeyVault/vaults' }, async (sdk) => {
    for await (const one of sdk.vaults.listBySubscription()) {
      if (one.name?.toLowerCase() === name) return vaultIn(one);
    }
    return undefined;
  });

/** A deleted one of this name, wherever it was. */
export const findDeleted = (arm: Arm, name: string): Promise<DeletedVault | undefined> =>
  arm.vaults({ method: 'GET', path: '/providers/Microsoft.KeyVault/deletedVaults' }, async (sdk) => {
    for await (const one of sdk.vaults.listDeleted()) {
      if (one.name?.toLowerCase() === name) return deletedIn(one);
    }
    return undefined;
  });

/** What a new vault is made with. */
export interface NewVault {
  readonly location: string;
  readonly tags: Record<string, string>;
  readonly properties: VaultProperties;
}

/** Makes it, or takes it back where `createMode` says so. Its name is registered for a while after that; nobody waits here. */
export const createVault = (arm: Arm, group: string, name: string, body: NewVault): Promise<void> =>
  arm.vaults({ method: 'PUT', path: pathOf(group, name) }, async (sdk) => {
    await sdk.vaults.createOrUpdate(group, name, body).submitted();
  });

/** Changes what is given; tags are given whole. */
export const updateVault = (arm: Arm, group: string, name: string, body: VaultPatchParameters): Promise<void> =>
  arm.vaults({ method: 'PATCH', path: pathOf(group, name) }, async (sdk) => {
    await sdk.vaults.update(group, name, body);
  });

/** Deletes it; it is kept for its retention. Absent already is success. */
export const removeVault = (arm: Arm, group: string, name: string): Promise<void> =>
  arm.vaults<void>(
    { method: 'DELETE', path: pathOf(group, name) },
    (sdk) => sdk.vaults.delete(group, name),
    (failure) => (isGone(failure) ? absent : undefined),
  );

const vaultIn = ({ id = '', location, tags, properties }: SdkVault): KeyVault => ({
  id,
  group: groupIn(id),
  location: normal(location),
  tags: tags ?? {},
  properties,
});

const deletedIn = ({ properties: { vaultId = '', ...rest } = {} }: SdkDeleted): DeletedVault => ({
  group: groupIn(vaultId),
  location: normal(rest.location),
  deletedOn: rest.deletionDate?.toISOString().slice(0, 10) ?? '',
  purgedOn: rest.scheduledPurgeDate?.toISOString().slice(0, 10) ?? '',
  purgeProtected: rest.purgeProtectionEnabled === true,
});

const groupIn = (id: string): string => /\/resourceGroups\/([^/]+)\//i.exec(id)?.[1]?.toLowerCase() ?? '';
const normal = (location = ''): string => location.toLowerCase().replaceAll(' ', '');
