import { z } from 'zod';
import { guidOf } from '../principal.ts';
import { type ArmCall, locationShape, tagsShape, withBody } from './call.ts';
import { dropEntry, entryOf, type StoredIdentity } from './content.ts';
import { liveGroup } from './group-life.ts';
import { groupNotFound, locationMismatch, resourceNotFound } from './refusal.ts';
import type { ArmResult } from './result.ts';

export const identityType = 'Microsoft.ManagedIdentity/userAssignedIdentities';

const shape = z.object({ location: locationShape, tags: tagsShape });

/** Its id; ARM writes `resourcegroups` of identities in lower case. */
export const identityId = (subscription: string, { group, name }: StoredIdentity): string =>
  `/subscriptions/${subscription}/resourcegroups/${group}/providers/${identityType}/${name}`;

/** The identity of the path. */
export const identityIn = ({ arm }: ArmCall, group: string, name: string): StoredIdentity | undefined =>
  entryOf(arm.identities, `${group}/${name}`);

const body = ({ subscription, tenant }: ArmCall, identity: StoredIdentity) => ({
  id: identityId(subscription, identity),
  name: identity.name,
  type: identityType,
  location: identity.location,
  tags: identity.tags,
  properties: {
    tenantId: tenant,
    principalId: identity.principalId,
    clientId: identity.clientId,
    isolationScope: 'None',
  },
});

export const getIdentity = (call: ArmCall): ArmResult => {
  const [group = '', name = ''] = call.params;
  if (liveGroup(call, group) === undefined) return groupNotFound(group);
  const identity = identityIn(call, group, name);
  return identity === undefined
    ? resourceNotFound(identityType, name, group)
    : { status: 200, json: body(call, identity) };
};

export const putIdentity = (call: ArmCall): ArmResult =>
  withBody(call, shape, ({ location, tags = {} }) => {
    const [group = '', name = ''] = call.params;
    const known = liveGroup(call, group);
    if (known === undefined) return groupNotFound(group);
    const before = identityIn(call, group, name);
    if (before !== undefined && before.location !== location) {
      return locationMismatch(name, group, before.location, location);
    }
    const made = `${call.subscription} ${group}/${name} ${call.now}`;
    const identity: StoredIdentity = before
      ? { ...before, tags }
      : {
          name,
          group: known.name,
          location,
          tags,
          clientId: guidOf(`client ${made}`),
          principalId: guidOf(`principal ${made}`),
          credentials: {},
        };
    if (before === undefined) call.quirks.made('principal', identity.principalId);
    return keep(call, identity, before === undefined ? 201 : 200);
  });

export const patchIdentity = (call: ArmCall): ArmResult =>
  withBody(call, z.object({ tags: tagsShape }), ({ tags }) => {
    const [group = '', name = ''] = call.params;
    const before = identityIn(call, group, name);
    if (before === undefined) return resourceNotFound(identityType, name, group);
    return keep(call, { ...before, tags: tags ?? before.tags }, 200);
  });

/** What was assigned to it stays behind, for a principal that nobody knows any more. */
export const deleteIdentity = (call: ArmCall): ArmResult => {
  const [group = '', name = ''] = call.params;
  if (identityIn(call, group, name) === undefined) return { status: 204 };
  dropEntry(call.arm.identities, `${group}/${name}`);
  call.changed();
  return { status: 200 };
};

const keep = (call: ArmCall, identity: StoredIdentity, status: number): ArmResult => {
  call.arm.identities[`${identity.group}/${identity.name}`.toLowerCase()] = identity;
  call.changed();
  return { status, json: body(call, identity) };
};
