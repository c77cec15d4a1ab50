import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import type { Live } from '../../../engine/resource.ts';
import { LabError } from '../../../errors.ts';
import type { AzureClient } from '../client.ts';
import { vaultId } from '../names.ts';
import { allOf, vaultScope } from '../rights.ts';
import type { Arm } from './arm.ts';
import { refuseImpossible, seenSettings, settingsToSend, vaultSchema } from './key-vault-settings.ts';
import {
  createVault,
  type DeletedVault,
  findDeleted,
  findVault,
  type KeyVault,
  readVault,
  removeVault,
  updateVault,
} from './key-vaults.ts';
import { seenTags, tagsToSend, unmarked, wrongTags } from './resource-tags.ts';
import { untilShown } from './until.ts';

const toLive = (found: KeyVault): Live => {
  const { tags, mark } = seenTags(found.tags);
  return {
    exists: 'yes',
    spec: { resourceGroup: found.group, location: found.location, ...seenSettings(found.properties), tags },
    outputs: { id: found.id, uri: found.properties.vaultUri ?? '' },
    ...(mark === undefined ? {} : { mark }),
  };
};

// Who may not look at deleted vaults is told by the name when it is made.
const deletedUnlessDenied = async (arm: Arm, name: string): Promise<DeletedVault | undefined> => {
  try {
    return await findDeleted(arm, name);
  } catch (error) {
    if (error instanceof LabError && error.code === 'DENIED') return undefined;
    throw error;
  }
};

const look = (arm: Arm, group: string | undefined, name: string): Promise<KeyVault | undefined> =>
  group === undefined ? findVault(arm, name) : readVault(arm, group, name);

const until = ({ purgedOn, purgeProtected }: DeletedVault): string =>
  `${purgedOn}${purgeProtected ? ', and cannot be purged before' : ''}`;

/**
 * azure.key-vault/VAULT: a key vault where roles decide. A deleted one of this name is taken back with its secrets; lab
 * never purges.
 */
export const keyVault = defineKind<typeof vaultSchema.shape, AzureClient>({
  kind: 'azure.key-vault',
  parts: [['VAULT']],
  schema: vaultSchema,
  fields: {
    sku: { unset: 'standard' },
    publicNetwork: { unset: 'enabled' },
    firewall: { unset: 'allow', grant: true },
    bypass: { unset: 'azure-services', grant: true },
    allowIps: { unset: [], grant: true, exact: true },
    allowSubnets: { unset: [], grant: true, exact: true },
  },
  outputs: { id: {}, uri: {} },
  ownership: 'whole',
  mark: 'own',
  writes: 'merge',
  precondition: 're-read',
  protect: 'its secrets are gone at once for their readers, and for good when its retention ends',
  identify: vaultId,
  // Not its parent: a vault that went with its group can be had back, which the plan is to say.
  after: (_, { resourceGroup }) =>
    resourceGroup === undefined ? [] : [address('azure.resource-group', resourceGroup)],
  irreversible: (_, { purgeProtection }, live) =>
    purgeProtection !== true || (live.exists === 'yes' && live.spec['purgeProtection'] === true)
      ? undefined
      : 'purge protection is for ever: what is deleted keeps its name until its retention ends',
  rights: ([name = ''], { resourceGroup = '' }) => {
    const type = 'Microsoft.KeyVault/vaults';
    const { plan, apply } = allOf(vaultScope(resourceGroup, name), type);
    // Deleted ones, and those of which only the name is known, are of the subscription.
    const deleted = { action: 'Microsoft.KeyVault/deletedVaults/read', on: '' };
    return { plan: [...plan, deleted], apply: [...apply, { action: `${type}/read`, on: '' }] };
  },
  check: ({ tags }) => wrongTags(tags),
  read: async ({ arm }, [name = ''], wanted) => {
    const found = await look(arm(), wanted.resourceGroup, name);
    if (found !== undefined) {
      refuseImpossible(name, wanted, found);
      return toLive(found);
    }
    const deleted = await deletedUnlessDenied(arm(), name);
    if (deleted === undefined) return { exists: 'no' };
    refuseElsewhere(name, wanted, deleted);
    const { deletedOn } = deleted;
    return {
      exists: 'no',
      recovers: true,
      recoverable: `a vault of this name was deleted on ${deletedOn} and is kept until ${until(deleted)}; it is taken back with its secrets`,
    };
  },
  write: async ({ arm }, request) => {
    const { spec, id } = request;
    const [name = ''] = id;
    const group = spec.resourceGroup;
    const found = (await readVault(arm(), group, name)) ?? (await recovered(arm(), group, name));
    if (found === undefined) {
      const tags = tagsToSend({}, request);
      return createVault(arm(), group, name, {
        location: placeOf(spec.location, name),
        tags,
        properties: {
          tenantId: arm().tenant,
          sku: { family: 'A', name: 'standard' },
          enableRbacAuthorization: true,
          ...settingsToSend(spec, undefined),
        },
      });
    }
    const body = { tags: tagsToSend(found.tags, request), properties: settingsToSend(spec, found.properties) };
    return updateVault(arm(), group, name, body);
  },
  settled: async ({ arm }, [name = ''], { resourceGroup }) => {
    const state = (await readVault(arm(), resourceGroup, name))?.properties.provisioningState ?? 'Succeeded';
    if (state === 'Succeeded') return { state: 'done' };
    return { state: 'waiting', because: `Azure is registering the name ${name} (${state})` };
  },
  remove: async ({ arm }, [name = '']) => {
    const found = await findVault(arm(), name);
    if (found === undefined) return;
    await removeVault(arm(), found.group, name);
    await untilShown(`the deletion of the vault ${name}`, arm(), async () =>
      (await readVault(arm(), found.group, name)) === undefined ? true : undefined,
    );
  },
  remains: async ({ arm }, [name = '']) => {
    const deleted = await deletedUnlessDenied(arm(), name);
    return deleted && `the vault ${name} can be recovered with its secrets until ${until(deleted)}`;
  },
  release: async ({ arm }, [name = '']) => {
    const found = await findVault(arm(), name);
    if (found !== undefined) await updateVault(arm(), found.group, name, { tags: unmarked(found.tags) });
  },
});

const placeOf = (location: string | undefined, name: string): string => {
  if (location !== undefined) return location;
  throw new LabError('REJECTED', `the vault ${name} is not there, and no location says where to make it`);
};

/** Refuses what would need the deleted vault in another place. Throws CONFLICT. */
const refuseElsewhere = (
  name: string,
  wanted: { readonly resourceGroup?: string | undefined; readonly location?: string | undefined },
  deleted: DeletedVault,
): void => {
  const { resourceGroup = deleted.group, location = deleted.location } = wanted;
  if (deleted.group === resourceGroup && deleted.location === location) return;
  const there = `resource group ${deleted.group} in ${deleted.location}`;
  throw new LabError('CONFLICT', `the vault ${name} was deleted from the ${there}, and keeps its name`, {
    next: `It can only be taken back there. Write that, give the vault another name, or purge it: az keyvault purge -n ${name}`,
  });
};

/** Takes a deleted vault back, if there is one. */
const recovered = async (arm: Arm, group: string, name: string): Promise<KeyVault | undefined> => {
  const deleted = await deletedUnlessDenied(arm, name);
  if (deleted === undefined) return undefined;
  await createVault(arm, group, name, {
    location: deleted.location,
    tags: {},
    properties: { tenantId: arm.tenant, sku: { family: 'A', name: 'standard' }, createMode: 'recover' },
  });
  return untilShown(`the recovery of the vault ${name}`, arm, () => readVault(arm, group, name));
};
