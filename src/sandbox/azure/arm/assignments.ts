import { z } from 'zod';
import type { Bearer } from '../principal.ts';
import { type ArmCall, withBody } from './call.ts';
import type { StoredAssignment } from './content.ts';
import { assignmentExists, assignmentImmutable, badRequest, notFound, principalNotFound } from './refusal.ts';
import type { ArmResult } from './result.ts';
import { type RoleDefinition, roleDefinitions } from './roles.ts';

const shape = z.object({
  properties: z.object({
    roleDefinitionId: z.string(),
    principalId: z.guid(),
    principalType: z.enum(['User', 'Group', 'ServicePrincipal', 'ForeignGroup', 'Device']).default('User'),
    description: z.string().optional(),
  }),
});

const type = 'Microsoft.Authorization/roleAssignments';

const body = ({ subscription }: ArmCall, { name, scope, roleId, ...rest }: StoredAssignment) => ({
  id: `${scope}/providers/${type}/${name}`,
  name,
  type,
  properties: {
    roleDefinitionId: definitionId(subscription, roleId),
    principalId: rest.principalId,
    principalType: rest.principalType,
    scope,
    ...(rest.description === undefined ? {} : { description: rest.description }),
  },
});

const definitionId = (subscription: string, id: string): string =>
  `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${id}`;

const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

const scopeOf = ({ params: [scope = ''] }: ArmCall): string => `/${scope.replace(/^\/+|\/+$/g, '')}`;

/** Those that count at a scope: its own and those above it; with `atScope()` none below. */
export const listAssignments = (call: ArmCall): ArmResult => {
  const scope = scopeOf(call);
  const isBelow = (one: StoredAssignment) => one.scope.toLowerCase().startsWith(`${scope.toLowerCase()}/`);
  const counts = (one: StoredAssignment) =>
    same(one.scope, scope) || scope.toLowerCase().startsWith(`${one.scope.toLowerCase()}/`);
  const only = call.query.get('$filter') === 'atScope()';
  const value = call.arm.assignments.filter((one) => counts(one) || (!only && isBelow(one)));
  return { status: 200, json: { value: value.map((one) => body(call, one)) } };
};

const named = (call: ArmCall): StoredAssignment | undefined =>
  call.arm.assignments.find(({ name, scope }) => same(name, call.params[1] ?? '') && same(scope, scopeOf(call)));

export const getAssignment = (call: ArmCall): ArmResult => {
  const found = named(call);
  if (found !== undefined) return { status: 200, json: body(call, found) };
  return notFound(`The role assignment '${call.params[1]}' is not found.`);
};

export const putAssignment = (call: ArmCall): ArmResult =>
  withBody(call, shape, ({ properties: { roleDefinitionId, ...given } }) => {
    const roleId = roleDefinitionId.split('/').at(-1) ?? '';
    const role = roleDefinitions.find(({ id }) => id === roleId);
    if (role === undefined) {
      return badRequest(
        'RoleDefinitionDoesNotExist',
        `The specified role definition with ID '${roleId}' does not exist.`,
      );
    }
    const [scope, before] = [scopeOf(call), named(call)];
    const isSame = (one: StoredAssignment) =>
      one.principalId === given.principalId && one.roleId === roleId && same(one.scope, scope);
    if (before !== undefined && !isSame(before)) return assignmentImmutable();
    if (call.arm.assignments.some((one) => one !== before && isSame(one))) return assignmentExists();
    if (!isKnown(call, given.principalId) || !call.quirks.knows('principal', given.principalId)) {
      return principalNotFound(given.principalId, call.tenant);
    }
    const { principalId, principalType, description } = given;
    const fresh: StoredAssignment = {
      name: call.params[1] ?? '',
      scope,
      roleId,
      principalId,
      principalType,
      ...(description === undefined ? {} : { description }),
    };
    if (before !== undefined) call.arm.assignments.splice(call.arm.assignments.indexOf(before), 1);
    else call.quirks.made('assignment', fresh.name);
    call.arm.assignments.push(fresh);
    call.changed();
    return { status: 201, json: body(call, fresh) };
  });

const isKnown = ({ arm, bearer }: { arm: ArmCall['arm']; bearer: Bearer }, principalId: string): boolean =>
  bearer.objectId === principalId || Object.values(arm.identities).some((one) => one.principalId === principalId);

export const deleteAssignment = (call: ArmCall): ArmResult => {
  const found = named(call);
  if (found === undefined) return { status: 204 };
  call.arm.assignments.splice(call.arm.assignments.indexOf(found), 1);
  call.changed();
  return { status: 200, json: body(call, found) };
};

const definitionBody = ({ subscription }: ArmCall, { id, name, description, dataActions }: RoleDefinition) => ({
  id: definitionId(subscription, id),
  name: id,
  type: 'Microsoft.Authorization/roleDefinitions',
  properties: {
    roleName: name,
    type: 'BuiltInRole',
    description,
    assignableScopes: ['/'],
    permissions: [
      {
        actions: [],
        notActions: [],
        dataActions: dataActions.map((action) => `Microsoft.KeyVault/vaults/${action}`),
        notDataActions: [],
      },
    ],
  },
});

/** All roles, or with `roleName eq 'NAME'` the one of that name. */
export const listDefinitions = (call: ArmCall): ArmResult => {
  const wanted = /^roleName eq '(.*)'$/.exec(call.query.get('$filter') ?? '')?.[1];
  const value = roleDefinitions.filter(({ name }) => wanted === undefined || same(name, wanted));
  return { status: 200, json: { value: value.map((one) => definitionBody(call, one)) } };
};
