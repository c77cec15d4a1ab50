import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type ArmCall, locationShape, tagsShape, withBody } from './call.ts';
import { type ArmContent, dropEntry, entryOf, type StoredGroup } from './content.ts';
import { liveGroup } from './group-life.ts';
import { identityType } from './identities.ts';
import { groupBeingDeleted, groupNotFound, locationMismatch, notFound } from './refusal.ts';
import type { ArmResult } from './result.ts';
import { softDelete, vaultType } from './vaults.ts';

const shape = z.object({ location: locationShape, tags: tagsShape });

const groupBody = ({ subscription }: ArmCall, { name, location, tags, deletedAt }: StoredGroup) => ({
  id: `/subscriptions/${subscription}/resourceGroups/${name}`,
  name,
  type: 'Microsoft.Resources/resourceGroups',
  location,
  ...(tags === undefined ? {} : { tags }),
  properties: { provisioningState: deletedAt === undefined ? 'Succeeded' : 'Deleting' },
});

export const getGroup = (call: ArmCall): ArmResult => {
  const [name = ''] = call.params;
  const group = liveGroup(call, name);
  return group === undefined ? groupNotFound(name) : { status: 200, json: groupBody(call, group) };
};

export const putGroup = (call: ArmCall): ArmResult =>
  withBody(call, shape, ({ location, tags }) => {
    const [name = ''] = call.params;
    const before = liveGroup(call, name);
    if (before?.deletedAt !== undefined) return groupBeingDeleted(name);
    if (before !== undefined && before.location !== location) {
      return locationMismatch(name, name, before.location, location);
    }
    const group = { name: before?.name ?? name, location, ...(tags === undefined ? {} : { tags }) };
    call.arm.groups[name.toLowerCase()] = group;
    call.changed();
    return { status: before === undefined ? 201 : 200, json: groupBody(call, group) };
  });

export const patchGroup = (call: ArmCall): ArmResult =>
  withBody(call, z.object({ tags: tagsShape }), ({ tags }) => {
    const [name = ''] = call.params;
    const before = liveGroup(call, name);
    if (before === undefined) return groupNotFound(name);
    const group = { ...before, ...(tags === undefined ? {} : { tags }) };
    call.arm.groups[name.toLowerCase()] = group;
    call.changed();
    return { status: 200, json: groupBody(call, group) };
  });

/** Takes its time, and everything in it goes along. */
export const deleteGroup = (call: ArmCall): ArmResult => {
  const [name = ''] = call.params;
  const group = liveGroup(call, name);
  if (group === undefined) return groupNotFound(name);
  const { arm, now, settleMs } = call;
  const isInside = (one: { group: string }) => one.group.toLowerCase() === name.toLowerCase();
  for (const vault of Object.values(arm.vaults).filter(isInside)) softDelete(call, vault);
  for (const identity of Object.values(arm.identities).filter(isInside)) {
    dropEntry(arm.identities, `${identity.group}/${identity.name}`);
  }
  arm.groups[name.toLowerCase()] = { ...group, deletedAt: now + settleMs };
  const operation = randomUUID();
  arm.operations[operation] = now + settleMs;
  call.changed();
  const path = `/subscriptions/${call.subscription}/operationresults/${operation}`;
  return {
    status: 202,
    headers: { location: `${call.origin}${path}?api-version=2025-04-01`, 'retry-after': '0' },
  };
};

/** What a long-running operation came to: 202 until it has ended. */
export const operationResult = (call: ArmCall): ArmResult => {
  const [id = ''] = call.params;
  const end = entryOf(call.arm.operations, id);
  if (end === undefined) return notFound(`The operation '${id}' could not be found.`);
  if (end > call.now) return { status: 202, headers: { 'retry-after': '0' } };
  return { status: 200 };
};

export const listInGroup = (call: ArmCall): ArmResult => {
  const [name = ''] = call.params;
  if (liveGroup(call, name) === undefined) return groupNotFound(name);
  return { status: 200, json: { value: resourcesIn(call.arm, name, call.subscription) } };
};

const resourcesIn = ({ vaults, identities }: ArmContent, group: string, subscription: string) => {
  const entry = (type: string) => (one: { name: string; group: string; location: string }) => ({
    id: `/subscriptions/${subscription}/resourceGroups/${one.group}/providers/${type}/${one.name}`,
    name: one.name,
    type,
    location: one.location,
  });
  const isInside = (one: { group: string }) => one.group.toLowerCase() === group.toLowerCase();
  return [
    ...Object.values(vaults).filter(isInside).map(entry(vaultType)),
    ...Object.values(identities).filter(isInside).map(entry(identityType)),
  ];
};
