import { z } from 'zod';
import { defineKind } from '../../../engine/define-kind.ts';
import { LabError } from '../../../errors.ts';
import type { AzureClient } from '../client.ts';
import { groupScope, rightsOn } from '../rights.ts';
import { location } from './names.ts';
import { contentsOf, createGroup, readGroup, removeGroup, tagGroup } from './resource-groups.ts';
import { seenTags, tagsField, tagsToSend, unmarked, wrongTags } from './resource-tags.ts';

const schema = z.strictObject({
  location: location().optional().describe('Needed to make one: westeurope.'),
  tags: tagsField(),
});

/** azure.resource-group/NAME: where vaults and identities are. One that holds anything that is not lab's is never deleted. */
export const resourceGroup = defineKind<typeof schema.shape, AzureClient>({
  kind: 'azure.resource-group',
  parts: [['NAME']],
  schema,
  fields: { location: { immutable: true } },
  outputs: { id: {}, location: {} },
  ownership: 'whole',
  mark: 'own',
  writes: 'merge',
  precondition: 're-read',
  protect: 'everything in it goes with it',
  identify: ([name = '']) => [name.toLowerCase()],
  rights: ([name = '']) => {
    const type = 'Microsoft.Resources/subscriptions/resourceGroups';
    // A group is made and deleted in the subscription.
    const made = rightsOn(
      '',
      [],
      [
        `${type}/write`,
        `${type}/delete`,
        `${type}/resources/read`,
        'Microsoft.Resources/subscriptions/operationresults/read',
      ],
    );
    return { plan: [{ action: `${type}/read`, on: groupScope(name) }], apply: made.apply };
  },
  check: ({ tags }) => wrongTags(tags),
  read: async ({ arm }, [name = '']) => {
    const found = await readGroup(arm(), name);
    if (found === undefined) return { exists: 'no' };
    const { tags, mark } = seenTags(found.tags);
    return {
      exists: 'yes',
      spec: { location: found.location, tags },
      outputs: { id: found.id, location: found.location },
      ...(mark === undefined ? {} : { mark }),
    };
  },
  write: async ({ arm }, request) => {
    const [name = ''] = request.id;
    const found = await readGroup(arm(), name);
    if (found !== undefined) return tagGroup(arm(), name, tagsToSend(found.tags, request));
    const { location: place } = request.spec;
    if (place === undefined) {
      throw new LabError('REJECTED', `the resource group ${name} is not there, and no location says where to make it`);
    }
    return createGroup(arm(), name, { location: place, tags: tagsToSend({}, request) });
  },
  remove: ({ arm }, [name = '']) => removeGroup(arm(), name),
  keep: async ({ arm }, [name = '']) => {
    const inside = await contentsOf(arm(), name);
    return inside.length === 0 ? undefined : `the resource group holds what is not lab's (${inside.join(', ')})`;
  },
  release: async ({ arm }, [name = '']) => {
    const found = await readGroup(arm(), name);
    if (found !== undefined) await tagGroup(arm(), name, unmarked(found.tags));
  },
});
