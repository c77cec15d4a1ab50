import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Arm, armOf, roles, subscription } from './arm.ts';
import { faults } from './described.ts';
import { sandbox, tenant } from './sandbox.ts';
import { descriptionOf, exampleOf, hasSpecs, missing, withoutSpecs } from './specs.ts';

/** One operation that lab calls. */
interface Call {
  readonly operation: string;
  readonly path: string;
  /** The official example, where there is one: its body is sent, its answer compared. */
  readonly example?: string;
  /** Makes the body that is sent, of the example's. */
  readonly body?: (example: unknown, made: unknown) => unknown;
  /** Members of the example that the sandbox does not have: lab never reads them. */
  readonly lacks?: readonly string[];
}

/** Operations of one service in an order in which each makes sense. */
interface Story {
  readonly service: string;
  readonly version: Parameters<Arm>[2];
  readonly file?: string;
  /** Makes what must be there before the first. */
  readonly before: (arm: Arm) => Promise<unknown>;
  readonly calls: readonly Call[];
}

const group = '/resourceGroups/lab';
const vault = `${group}/providers/Microsoft.KeyVault/vaults/lab-kv`;
const deleted = '/providers/Microsoft.KeyVault/locations/westus/deletedVaults/lab-kv';
const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/eso`;
const credential = `${identity}/federatedIdentityCredentials/cluster`;
const assignments = '/providers/Microsoft.Authorization/roleAssignments';
const assignment = `${vault}${assignments}/05c5a614-a7d6-4502-b150-c2fb455033ff`;

const makeGroup = (arm: Arm) => arm('PUT', group, 'resources', { location: 'westus' });
/** Answers the id of somebody whom roles can go to. */
const makeIdentity = async (arm: Arm): Promise<string> => {
  await makeGroup(arm);
  const { body } = await arm('PUT', identity, 'identities', { location: 'westus' });
  return z.object({ properties: z.object({ principalId: z.string() }) }).parse(body).properties.principalId;
};
const makeVault = async (arm: Arm) => {
  await makeGroup(arm);
  const properties = { tenantId: tenant, sku: { family: 'A', name: 'standard' } };
  await arm('PUT', vault, 'keyVault', { location: 'westus', properties });
};

const vaultBody = z.looseObject({ properties: z.looseObject({}) });
/** The example's vault, in our tenant. */
const inTenant = (example: unknown) => {
  const { properties, ...rest } = vaultBody.parse(example);
  return { ...rest, properties: { ...properties, tenantId: tenant } };
};
const unread = ['.properties.hsmPoolResourceId', '.properties.privateEndpointConnections', '.systemData.lastModified'];
// Examples show rules of the firewall for a vault that was made without any.
const ruleless = [...unread, '.properties.networkAcls'];

/** The example's assignment, of a role and to somebody that we have. */
const toOurs = (_: unknown, principalId: unknown) => ({
  properties: {
    roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roles.user}`,
    principalId,
    principalType: 'ServicePrincipal',
    description: 'lab for eso',
  },
});

const stories: Readonly<Record<string, Story>> = {
  'resource groups': {
    service: 'resources',
    version: 'resources',
    before: async () => undefined,
    calls: [
      { operation: 'ResourceGroups_CreateOrUpdate', path: group, example: 'ResourceGroups_CreateOrUpdate' },
      { operation: 'ResourceGroups_Get', path: group, example: 'ResourceGroups_Get' },
      { operation: 'ResourceGroups_Update', path: group, body: () => ({ tags: { team: 'lab' } }) },
      { operation: 'Resources_ListByResourceGroup', path: `${group}/resources` },
      { operation: 'ResourceGroups_Delete', path: group, example: 'ResourceGroups_Delete' },
    ],
  },
  vaults: {
    service: 'keyvault-management',
    version: 'keyVault',
    before: makeGroup,
    calls: [
      { operation: 'Vaults_CreateOrUpdate', path: vault, example: 'createVault', body: inTenant, lacks: ruleless },
      { operation: 'Vaults_Get', path: vault, example: 'getVault', lacks: ruleless },
      { operation: 'Vaults_Update', path: vault, example: 'updateVault', body: inTenant, lacks: ruleless },
      {
        operation: 'Vaults_CreateOrUpdate',
        path: vault,
        example: 'createVaultWithNetworkAcls',
        body: inTenant,
        lacks: unread,
      },
      { operation: 'Vaults_ListBySubscription', path: '/providers/Microsoft.KeyVault/vaults' },
      { operation: 'Vaults_Delete', path: vault, example: 'deleteVault' },
      {
        operation: 'Vaults_ListDeleted',
        path: '/providers/Microsoft.KeyVault/deletedVaults',
        example: 'listDeletedVaults',
        lacks: ['.nextLink'],
      },
      { operation: 'Vaults_GetDeleted', path: deleted, example: 'getDeletedVault' },
    ],
  },
  identities: {
    service: 'managed-identity',
    version: 'identities',
    before: makeGroup,
    calls: [
      { operation: 'UserAssignedIdentities_CreateOrUpdate', path: identity, example: 'IdentityCreate' },
      { operation: 'UserAssignedIdentities_Get', path: identity, example: 'IdentityGet' },
      { operation: 'UserAssignedIdentities_Update', path: identity, example: 'IdentityUpdate' },
      {
        operation: 'FederatedIdentityCredentials_CreateOrUpdate',
        path: credential,
        example: 'FederatedIdentityCredentialCreate',
      },
      {
        operation: 'FederatedIdentityCredentials_List',
        path: `${identity}/federatedIdentityCredentials`,
        example: 'FederatedIdentityCredentialList',
        lacks: ['.nextLink'],
      },
      { operation: 'FederatedIdentityCredentials_Get', path: credential, example: 'FederatedIdentityCredentialGet' },
      {
        operation: 'FederatedIdentityCredentials_Delete',
        path: credential,
        example: 'FederatedIdentityCredentialDelete',
      },
      { operation: 'UserAssignedIdentities_Delete', path: identity, example: 'IdentityDelete' },
    ],
  },
  'role assignments': {
    service: 'authorization',
    version: 'authorization',
    before: async (arm) => {
      await makeVault(arm);
      return makeIdentity(arm);
    },
    calls: [
      {
        operation: 'RoleAssignments_Create',
        path: assignment,
        example: 'RoleAssignments_CreateForResource',
        body: toOurs,
      },
      {
        operation: 'RoleAssignments_ListForScope',
        path: `${vault}${assignments}?$filter=atScope()`,
        example: 'RoleAssignments_ListForScope',
      },
      { operation: 'RoleAssignments_Delete', path: assignment, example: 'RoleAssignments_Delete' },
    ],
  },
  'role definitions': {
    service: 'authorization',
    file: 'openapi-roledefinitions.json',
    version: 'authorization',
    before: async () => undefined,
    calls: [
      {
        operation: 'RoleDefinitions_List',
        path: "/providers/Microsoft.Authorization/roleDefinitions?$filter=roleName eq 'Key Vault Secrets User'",
        example: 'RoleDefinitions_List',
        // The role gives access to data alone.
        lacks: ['.value.0.properties.permissions.0.actions'],
      },
    ],
  },
};

const isMissing = (lacks: readonly string[]) => (at: string) => !lacks.some((known) => at.startsWith(known));

/** Makes a call as its example does, and answers what about the answer is not as the example and the description say. */
const faultsOf = async (arm: Arm, story: Story, call: Call, made: unknown): Promise<readonly string[]> => {
  const { service, file, version } = story;
  const { operations, definitions } = await descriptionOf(service, file);
  const described = operations.get(call.operation);
  if (described === undefined) return [`${service} has no ${call.operation}`];
  const example = call.example === undefined ? undefined : await exampleOf(service, call.example);
  const given = example?.parameters.parameters;
  const { status, body } = await arm(described.method, call.path, version, call.body?.(given, made) ?? given);
  const says = example?.responses ?? described.responses;
  if (!Object.hasOwn(says, status)) return [`${call.operation} answers ${status}: ${JSON.stringify(body)}`];
  const schema = described.responses[status]?.schema;
  if (schema === undefined) return body === undefined ? [] : [`${call.operation} has a body`];
  const expected = example?.responses[status]?.body;
  return [
    ...faults(schema, body, definitions),
    ...(expected === undefined ? [] : missing(expected, body).filter(isMissing(call.lacks ?? []))),
  ].map((fault) => `${call.operation} ${fault}`);
};

describe.each(Object.entries(stories))('%s', (_, story) => {
  describe.runIf(hasSpecs(story.service))(`are answered as Azure describes it, ${withoutSpecs},`, () => {
    test('by every operation that lab calls', async () => {
      const arm = await armOf(await sandbox({ vaults: [], subscription }));
      const made = await story.before(arm);
      const found: string[] = [];
      for (const call of story.calls) found.push(...(await faultsOf(arm, story, call, made)));
      expect(found).toEqual([]);
    });
  });
});
