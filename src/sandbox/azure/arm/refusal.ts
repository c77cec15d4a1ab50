import type { ArmResult } from './result.ts';

// Codes and texts as ARM and its providers give them; sources: "Troubleshoot common Azure deployment errors", "Troubleshoot
// Azure RBAC", and errors quoted in issues of Azure's own repositories.

const refused = (status: number, code: string, message: string): ArmResult => ({
  status,
  json: { error: { code, message } },
});

export const subscriptionNotFound = (id: string): ArmResult =>
  refused(404, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`);

export const groupNotFound = (name: string): ArmResult =>
  refused(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`);

export const groupBeingDeleted = (name: string): ArmResult =>
  refused(
    409,
    'ResourceGroupBeingDeleted',
    `The resource group '${name}' is in deprovisioning state and cannot perform this operation.`,
  );

export const resourceNotFound = (type: string, name: string, group: string): ArmResult =>
  refused(
    404,
    'ResourceNotFound',
    `The Resource '${type}/${name}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );

export const parentNotFound = (type: string, name: string): ArmResult =>
  refused(
    404,
    'ParentResourceNotFound',
    `Failed to perform operation on nested resource. The parent resource '${type}/${name}' was not found.`,
  );

export const notFound = (text: string): ArmResult => refused(404, 'NotFound', text);

export const deletedVaultNotFound = (name: string): ArmResult =>
  refused(404, 'DeletedVaultNotFound', `The specified deleted vault '${name}' does not exist.`);

export const vaultDeleted = (): ArmResult =>
  refused(
    409,
    'ConflictError',
    'A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.',
  );

export const vaultTaken = (name: string): ArmResult =>
  refused(
    409,
    'VaultAlreadyExists',
    `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the name is already taken.`,
  );

export const nothingToRecover = (name: string): ArmResult =>
  refused(400, 'SoftDeletedVaultDoesNotExist', `A soft deleted vault with the given name does not exist: ${name}`);

export const badRequest = (code: string, message: string): ArmResult => refused(400, code, message);

export const locationMismatch = (name: string, group: string, from: string, to: string): ArmResult =>
  refused(
    409,
    'InvalidResourceLocation',
    `The resource '${name}' already exists in location '${from}' in resource group '${group}'. A resource with the same name cannot be created in location '${to}'. Please select a new resource name.`,
  );

export const concurrentCredentials = (): ArmResult =>
  refused(
    409,
    'ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity',
    'Too many Federated Identity Credentials are written concurrently for the managed identity. Concurrent Federated Identity Credentials writes under the same managed identity are not supported.',
  );

export const principalNotFound = (id: string, tenant: string): ArmResult =>
  refused(
    400,
    'PrincipalNotFound',
    `Principal ${id.replaceAll('-', '')} does not exist in the directory ${tenant}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype`,
  );

export const assignmentExists = (): ArmResult =>
  refused(409, 'RoleAssignmentExists', 'The role assignment already exists.');

export const assignmentImmutable = (): ArmResult =>
  refused(
    400,
    'RoleAssignmentUpdateNotPermitted',
    'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
  );

export const notAuthorized = (client: string, action: string, scope: string): ArmResult =>
  refused(
    403,
    'AuthorizationFailed',
    `The client '${client}' with object id '${client}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );

export const tooMany = (seconds: number): ArmResult => ({
  ...refused(
    429,
    'TooManyRequests',
    'The request is being throttled as the limit has been reached for operation type. For more information, see https://aka.ms/srpthrottlinglimits',
  ),
  headers: { 'retry-after': String(seconds) },
});

export const unauthenticated = (): ArmResult =>
  refused(401, 'AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing or invalid.");

export const invalidVersion = (version: string): ArmResult =>
  refused(400, 'InvalidApiVersionParameter', `The api-version '${version}' is invalid.`);
