import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import { LabError } from '../../../errors.ts';
import type { AzureClient } from '../client.ts';
import { allOf, groupScope } from '../rights.ts';
import { createIdentity, type IdentityName, readIdentity, removeIdentity, tagIdentity } from './managed-identities.ts';
import { location } from './names.ts';
import { readGroup } from './resource-groups.ts';
import { seenTags, tagsField, tagsToSend, unmarked, wrongTags } from './resource-tags.ts';

const schema = z.strictObject({
  location: location().optional().describe('Default: that of its resource group.'),
  tags: tagsField(),
});

const at = ([group = '', name = '']: readonly string[]): IdentityName => [group, name];

/** azure.managed-identity/GROUP/NAME: an identity without a secret. `#clientId` is what it logs in as, `#principalId` whom roles go to. */
export const managedIdentity = defineKind<typeof schema.shape, AzureClient>({
  kind: 'azure.managed-identity',
  parts: [['GROUP', 'NAME']],
  schema,
  fields: { location: { immutable: true } },
  outputs: { id: {}, clientId: {}, principalId: {}, tenantId: {} },
  ownership: 'whole',
  mark: 'own',
  writes: 'merge',
  precondition: 're-read',
  identify: (parts) => parts.map((part) => part.toLowerCase()),
  parent: ([group = '']) => address('azure.resource-group', group),
  exclusive: ([group, name]) => `azure.managed-identity/${group}/${name}`,
  rights: ([group = '']) => allOf(groupScope(group), 'Microsoft.ManagedIdentity/userAssignedIdentities'),
  check: ({ tags }) => wrongTags(tags),
  read: async ({ arm }, id) => {
    const found = await readIdentity(arm(), at(id));
    if (found === undefined) return { exists: 'no' };
    const { tags, mark } = seenTags(found.tags);
    const { clientId, principalId, tenantId } = found;
    return {
      exists: 'yes',
      spec: { location: found.location, tags },
      outputs: { id: found.id, clientId, principalId, tenantId },
      ...(mark === undefined ? {} : { mark }),
    };
  },
  write: async ({ arm }, request) => {
    const name = at(request.id);
    const found = await readIdentity(arm(), name);
    if (found !== undefined) return tagIdentity(arm(), name, tagsToSend(found.tags, request));
    const place = request.spec.location ?? (await readGroup(arm(), name[0]))?.location;
    if (place === undefined) throw new LabError('REJECTED', `there is no resource group ${name[0]} to make it in`);
    return createIdentity(arm(), name, { location: place, tags: tagsToSend({}, request) });
  },
  remove: ({ arm }, id) => removeIdentity(arm(), at(id)),
  release: async ({ arm }, id) => {
    const found = await readIdentity(arm(), at(id));
    if (found !== undefined) await tagIdentity(arm(), at(id), unmarked(found.tags));
  },
});
